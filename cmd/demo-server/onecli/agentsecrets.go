package onecli

import (
	"net/http"
	"slices"

	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// A modeBody sets an agent's secret mode.
type modeBody struct {
	Mode field[string] `json:"mode"`
}

func (a *api) setSecretMode(w http.ResponseWriter, r *http.Request) error {
	found, err := a.agent(r)
	if err != nil {
		return err
	}
	var in modeBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	if err := oneOf("mode", in.Mode.value, all, selective); err != nil {
		return err
	}
	return a.editAgent(w, found.ID, func(to *agent) error {
		if in.Mode.value == selective && len(to.SecretIDs) == 0 {
			return onecli.AgentSecretsUnassigned()
		}
		to.SecretMode = in.Mode.value
		return nil
	})
}

// A secretsBody assigns secrets to an agent, in the place of those that it had.
type secretsBody struct {
	SecretIDs field[[]string] `json:"secretIds"`
}

func (a *api) assignSecrets(w http.ResponseWriter, r *http.Request) error {
	found, err := a.agent(r)
	if err != nil {
		return err
	}
	var in secretsBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	if in.SecretIDs.value == nil {
		return onecli.RequestInvalidField("secretIds", "must be an array of strings")
	}
	return a.editAgent(w, found.ID, func(to *agent) error {
		ids := []string{}
		for _, id := range in.SecretIDs.value {
			if !a.hasSecret(id) {
				return onecli.AgentSecretsNotFound()
			}
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		to.SecretIDs = ids
		return nil
	})
}

// hasSecret reports whether there is a secret of the ID.
func (a *api) hasSecret(id string) bool {
	for s := range a.secrets.Rows() {
		if s.ID == id {
			return true
		}
	}
	return false
}

// unassign takes a secret from the agents that have it.
func (a *api) unassign(id string) {
	for of := range a.agents.Rows() {
		if i := slices.Index(of.SecretIDs, id); i >= 0 {
			of.SecretIDs = slices.Delete(slices.Clone(of.SecretIDs), i, i+1)
		}
	}
}
