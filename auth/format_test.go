package auth_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/auth"
)

func TestAKeyIsReadAsItWasMade(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		key, id, err := format.New("test")
		if err != nil {
			t.Fatal(err)
		}
		environment, got, ok := format.Parse(key)
		if !ok || environment != "test" || got != id || !strings.HasPrefix(key, "ex_test_"+id) || len(key) != 50 {
			t.Fatalf("%s is read as %s of %s (%t)", key, got, environment, ok)
		}
		if seen[key] || seen[id] {
			t.Fatalf("%s was made twice", key)
		}
		seen[key], seen[id] = true, true
	}
	if _, _, err := format.New("moon"); !errors.Is(err, auth.ErrEnvironment) {
		t.Errorf("a key of no environment gives the error %v", err)
	}
}

func TestEveryMistakeInAKeyIsFound(t *testing.T) {
	t.Parallel()
	key := mint(t, "live")
	for i := range key {
		for _, c := range []byte("0aZ_ \xff") {
			if wrong := key[:i] + string(c) + key[i+1:]; wrong != key {
				if _, _, ok := format.Parse(wrong); ok {
					t.Errorf("%q passes for %q", wrong, key)
				}
			}
		}
		if _, _, ok := format.Parse(key[:i]); ok {
			t.Errorf("%d characters of a key pass", i)
		}
	}
	if _, _, ok := format.Parse(key + "0"); ok {
		t.Error("a key and a character more pass")
	}
}

func TestNothingPrintsAHash(t *testing.T) {
	t.Parallel()
	key := auth.Key{Hash: auth.HashKey("canary", nil)}
	text, _ := key.Hash.MarshalText()
	for _, shown := range []string{
		fmt.Sprint(key.Hash), fmt.Sprintf("%v %+v %#v %s", key.Hash, key.Hash, key.Hash, key.Hash),
		fmt.Sprintf("%+v", key), string(text), slog.Any("hash", key.Hash).String(), key.Hash.LogValue().String(),
	} {
		if strings.Contains(shown, key.Hash.Hex()) || strings.Contains(shown, fmt.Sprint([32]byte(key.Hash))[1:20]) {
			t.Errorf("the hash is shown: %s", shown)
		}
	}
	if auth.HashKey("canary", []byte("pepper")) == key.Hash {
		t.Error("the pepper changes nothing")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(mint(f, "live"))
	f.Add("ex_test_" + strings.Repeat("0", 42))
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		environment, id, ok := format.Parse(s)
		if ok && (format[environment] == "" || !strings.HasPrefix(s, format[environment]+id) || len(s) != 50) {
			t.Errorf("%q is read as %s of %s", s, id, environment)
		}
	})
}

func FuzzGuard(f *testing.F) {
	w := newWorld(f)
	good := w.keys["good"]
	f.Add("Bearer "+good, good)
	f.Add("bearer a b", "")
	f.Add("Basic x", "\"\\\r\n")
	f.Fuzz(func(t *testing.T, authorization, apiKey string) {
		g := &auth.Guard{Verifier: w.verifier(), Carriers: []auth.Carrier{auth.Bearer, auth.Header("x-api-key")}}
		rec := ask(g, nil, "Authorization: "+authorization, "X-Api-Key: "+apiKey)
		if rec.Code == 200 && !strings.Contains(authorization, good) && apiKey != good {
			t.Errorf("%q and %q pass", authorization, apiKey)
		}
		if rec.Code == 401 && rec.Header().Get("Www-Authenticate") == "" {
			t.Error("a 401 without challenge")
		}
	})
}
