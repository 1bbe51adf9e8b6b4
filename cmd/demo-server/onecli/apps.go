package onecli

import (
	"errors"
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// A provider is an app of the registry.
type provider struct {
	Provider  string   `json:"provider"`
	Name      string   `json:"name"`
	Available bool     `json:"available"`
	Fields    []string `json:"fields"` // that connecting needs
	BYOC      bool     `json:"byoc"`   // it is connected by an OAuth client of the project's own
}

var providers = []provider{
	{"github", "GitHub", true, []string{"token"}, false},
	{"gmail", "Gmail", true, []string{}, true},
	{"legacy-crm", "Legacy CRM", false, []string{}, false},
}

// A connection is a record. The credentials are no member.
type connection struct {
	ID       string `json:"id"`
	Provider string `json:"provider"`

	credentials map[string]string
}

// A client is the project's own at a provider.
type client struct{ id, secret string }

// An app is a provider as the project has it.
type app struct {
	provider
	Configured  bool         `json:"configured"`
	Connections []connection `json:"connections"`
}

func (a *api) listApps(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"apps": a.apps()})
}

func (a *api) apps() []app {
	a.mu.Lock()
	defer a.mu.Unlock()
	apps := make([]app, len(providers))
	for i, p := range providers {
		_, configured := a.clients[p.Provider]
		apps[i] = app{p, configured, []connection{}}
		for c := range a.connections.Rows() {
			if c.Provider == p.Provider {
				apps[i].Connections = append(apps[i].Connections, *c)
			}
		}
	}
	return apps
}

// known returns the provider that the path names.
func known(r *http.Request) (provider, error) {
	name := system.Param(r, "provider")
	for _, p := range providers {
		if p.Provider == name {
			return p, nil
		}
	}
	return provider{}, onecli.ProviderUnknown(name)
}

// available is known for what can be connected.
func available(r *http.Request) (provider, error) {
	p, err := known(r)
	if err == nil && !p.Available {
		err = onecli.ProviderNotAvailable(p.Provider)
	}
	return p, err
}

// A connectBody has the credentials of a connection.
type connectBody struct {
	Fields field[map[string]any] `json:"fields"`
}

// credentials returns those that the provider needs.
func (in *connectBody) credentials(p provider) (map[string]string, error) {
	if in.Fields.value == nil {
		return nil, onecli.AppFieldsMissing()
	}
	credentials := map[string]string{}
	for _, name := range p.Fields {
		text, _ := in.Fields.value[name].(string)
		if strings.TrimSpace(text) == "" {
			return nil, onecli.AppFieldRequired(name)
		}
		credentials[name] = text
	}
	return credentials, nil
}

func (a *api) connect(w http.ResponseWriter, r *http.Request) error {
	p, err := available(r)
	if err != nil {
		return err
	}
	var in connectBody
	switch err := readAny(r, &in); {
	case errors.Is(err, errcatalog.ValidationFailed): // it is no object, so it has no fields
		return onecli.AppFieldsMissing()
	case err != nil:
		return err
	}
	credentials, err := in.credentials(p)
	if err != nil {
		return err
	}
	made, err := a.addConnection(p, credentials)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}

// addConnection connects an app. One that needs the project's own client must have been
// configured before.
func (a *api) addConnection(p provider, credentials map[string]string) (connection, error) {
	return a.connections.Add(func(id string) (connection, error) {
		if _, configured := a.clients[p.Provider]; p.BYOC && !configured {
			return connection{}, onecli.ClientIDRequired()
		}
		return connection{id, p.Provider, credentials}, nil
	})
}

func (a *api) disconnect(w http.ResponseWriter, r *http.Request) error {
	p, err := known(r)
	if err != nil {
		return err
	}
	id := r.URL.Query().Get("connectionId")
	if id == "" {
		return onecli.ConnectionIDRequired()
	}
	err = a.connections.Remove(id, func(found connection) error {
		if found.Provider != p.Provider {
			return onecli.ConnectionNotFound()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusNoContent, nil)
}

// A configBody is the project's own client at a provider.
type configBody struct {
	ClientID     field[string] `json:"clientId"`
	ClientSecret field[string] `json:"clientSecret"`
}

func (a *api) configure(w http.ResponseWriter, r *http.Request) error {
	p, err := available(r)
	if err != nil {
		return err
	}
	var in configBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	own := client{in.ClientID.value, in.ClientSecret.value}
	switch {
	case strings.TrimSpace(own.id) == "":
		return onecli.ClientIDRequired()
	case strings.TrimSpace(own.secret) == "":
		return onecli.ClientSecretRequired()
	}
	a.mu.Lock()
	a.clients[p.Provider] = own
	a.mu.Unlock()
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"provider": p.Provider, "clientId": own.id, "configured": true})
}
