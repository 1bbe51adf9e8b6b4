package jwtauth_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/auth/jwtauth"
)

func TestObjects(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"empty", `{}`, true},
		{"empty, with spaces", " {\t\r\n} ", true},
		{"of everything", `{"a":"x","b":-1.5e3,"c":true,"d":false,"e":null,"f":[1, "y" ,[],{}],"g":{"h":{}}}`, true},
		{"with spaces everywhere", ` { "a" : [ 1 , 2 ] , "b" : { "c" : null } } `, true},
		{"with escapes", `{"\u0061\"":"\\ \" \u00e9 \ud83d\ude00","é":"é\/"}`, true},
		{"one name in two objects", `{"a":{"x":1},"b":{"x":2}}`, true},
		{"names that differ in case", `{"a":1,"A":2}`, true},
		{"as deep as may be", deep(31), true},
		{"too deep", deep(32), false},
		{"a name twice", `{"a":1,"a":2}`, false},
		{"a name twice, once escaped", `{"a":1,"\u0061":2}`, false},
		{"a name twice within", `{"a":[{"b":1,"b":1}]}`, false},
		{"a number that is too large", `{"a":1e999}`, false},
		{"not UTF-8", "{\"a\":\"\xff\"}", false},
		{"no object", `[]`, false},
		{"a text", `"a"`, false},
		{"nothing", ``, false},
		{"two", `{}{}`, false},
		{"cut off", `{"a":`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := jwtauth.Object([]byte(tt.text))
			if ok != tt.want {
				t.Fatalf("it gives %v, %v", got, ok)
			}
			sameAsJSON(t, tt.text, got, ok)
		})
	}
}

// sameAsJSON compares with encoding/json, where the object is taken.
func sameAsJSON(t *testing.T, text string, got map[string]any, ok bool) {
	t.Helper()
	if !ok {
		return
	}
	var want map[string]any
	if err := json.Unmarshal([]byte(text), &want); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q gives %v; encoding/json gives %v, %v", text, got, want, err)
	}
}

func FuzzObject(f *testing.F) {
	f.Add(`{"a":"x","b":-1.5e3,"c":[true,null],"d":{"e":"\u00e9"}}`)
	f.Add(" {\"a\" :\n[ ] , \"b\": 0 }\t")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := jwtauth.Object([]byte(text))
		sameAsJSON(t, text, got, ok)
	})
}
