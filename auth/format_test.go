package auth_test

import (
	"errors"
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
	if _, _, err := (auth.KeyFormat{"live": ""}).New("live"); !errors.Is(err, auth.ErrEnvironment) {
		t.Errorf("a key of an empty prefix, which nobody would recognize, gives the error %v", err)
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

func TestThePrefixMayHaveAnyLength(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 12; n++ {
		format := auth.KeyFormat{"live": strings.Repeat("p", n)}
		key, _, err := format.New("live")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := format.Parse(key); !ok {
			t.Errorf("%s is not read", key)
		}
	}
}

func TestAPepperChangesTheHash(t *testing.T) {
	t.Parallel()
	if auth.HashKey("canary", []byte("pepper")) == auth.HashKey("canary", nil) {
		t.Error("it changes nothing")
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
