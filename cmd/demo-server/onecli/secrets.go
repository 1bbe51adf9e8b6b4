package onecli

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// The types of secrets.
const (
	anthropic = "anthropic"
	generic   = "generic"
)

// A secret is a record. What it keeps secret is no member: nobody gets to see it.
type secret struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	HostPattern string     `json:"hostPattern"`
	PathPattern string     `json:"pathPattern"`
	Injection   *injection `json:"injectionConfig"`

	value string
}

// An injection says where a secret goes in a request.
type injection struct {
	HeaderName string `json:"headerName,omitempty"`
	ParamName  string `json:"paramName,omitempty"`
}

// A secretBody makes or changes one.
type secretBody struct {
	Name        field[string]     `json:"name"`
	Type        field[string]     `json:"type"`
	Value       field[string]     `json:"value"`
	HostPattern field[string]     `json:"hostPattern"`
	PathPattern field[string]     `json:"pathPattern"`
	Injection   field[*injection] `json:"injectionConfig"`
}

func (in *secretBody) isEmpty() bool { return *in == secretBody{} }

// change makes a secret what the body says.
func (in *secretBody) change(to *secret) error {
	const text = "must be a string"
	err := cmp.Or(
		in.Name.check("name", text),
		in.Type.check("type", text),
		in.Value.check("value", text),
		in.HostPattern.check("hostPattern", text),
		in.PathPattern.check("pathPattern", text),
		in.Injection.check("injectionConfig", "must be an object of the strings headerName and paramName"),
	)
	if err != nil {
		return err
	}
	in.Name.set(&to.Name)
	in.Type.set(&to.Type)
	in.Value.set(&to.value)
	in.HostPattern.set(&to.HostPattern)
	in.PathPattern.set(&to.PathPattern)
	in.Injection.set(&to.Injection)
	return cmp.Or(oneOf("type", to.Type, anthropic, generic), checkHost(to.HostPattern), to.checkInjection())
}

var protocol = regexp.MustCompile(`(?i)^\s*[a-z][a-z0-9+.-]*://`)

// checkHost returns what is wrong with a host pattern.
func checkHost(pattern string) error {
	switch {
	case protocol.MatchString(pattern):
		return onecli.SecretHostPatternIsURL()
	case strings.Contains(pattern, "/"):
		return onecli.SecretHostPatternHasPath()
	case strings.ContainsFunc(pattern, unicode.IsSpace):
		return onecli.SecretHostPatternHasSpaces()
	}
	return nil
}

// checkInjection returns an error if nobody knows where the secret goes. With a type
// that is not generic, it is known.
func (s *secret) checkInjection() error {
	at := s.Injection
	if s.Type != generic || at != nil && strings.TrimSpace(at.HeaderName+at.ParamName) != "" {
		return nil
	}
	return onecli.SecretInjectionMissing()
}

func (a *api) listSecrets(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"secrets": a.secrets.All()})
}

func (a *api) createSecret(w http.ResponseWriter, r *http.Request) error {
	var in secretBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	made := secret{Type: anthropic}
	if err := in.change(&made); err != nil {
		return err
	}
	made, err := a.secrets.Add(func(id string) (secret, error) {
		made.ID = id
		return made, nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}

func (a *api) updateSecret(w http.ResponseWriter, r *http.Request) error {
	id := system.Param(r, "id")
	if _, err := a.secrets.Find(id); err != nil {
		return err
	}
	var in secretBody
	if err := readAny(r, &in); err != nil {
		return err
	}
	if in.isEmpty() {
		return onecli.SecretUpdateEmpty()
	}
	changed, err := a.secrets.Change(id, in.change)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, changed)
}

func (a *api) deleteSecret(w http.ResponseWriter, r *http.Request) error {
	err := a.secrets.Remove(system.Param(r, "id"), func(found secret) error {
		a.unassign(found.ID)
		return nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusNoContent, nil)
}
