package onecli

import (
	"net/http"
	"regexp"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// An agent is a record. Its list of secrets is replaced, never changed.
type agent struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Identifier string   `json:"identifier"`
	IsDefault  bool     `json:"isDefault"`
	SecretMode string   `json:"secretMode"`
	SecretIDs  []string `json:"secretIds"`
}

// An agentBody makes or changes one.
type agentBody struct {
	Name       field[string] `json:"name"`
	Identifier field[string] `json:"identifier"`
}

var identifier = regexp.MustCompile(`^[a-z][a-z0-9-]{0,49}$`)

// change makes an agent what the body says.
func (in *agentBody) change(to *agent) error {
	in.Name.set(&to.Name)
	in.Identifier.set(&to.Identifier)
	switch {
	case !isName(to.Name):
		return onecli.AgentNameInvalid()
	case !identifier.MatchString(to.Identifier):
		return onecli.AgentIdentifierInvalid()
	}
	return nil
}

// The secret modes, and the ones that agents of some identifiers start with. The demo's
// bug: there is no third mode.
const (
	all       = "all"
	selective = "selective"
)

var (
	modes   = []string{all, selective}
	presets = map[string]int{"buggy-agent": 2}
)

func (a *api) listAgents(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agents": a.agents.All()})
}

func (a *api) showAgent(w http.ResponseWriter, r *http.Request) error {
	found, err := a.agent(r)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, found)
}

// agent returns the agent that the path names.
func (a *api) agent(r *http.Request) (agent, error) {
	return a.agents.Find(system.Param(r, "id"))
}

func (a *api) createAgent(w http.ResponseWriter, r *http.Request) error {
	var in agentBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	made := agent{SecretIDs: []string{}}
	if err := in.change(&made); err != nil {
		return err
	}
	made.SecretMode = modes[presets[made.Identifier]]
	made, err := a.addAgent(made)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}

func (a *api) addAgent(made agent) (agent, error) {
	return a.agents.Add(func(id string) (agent, error) {
		made.ID = id
		return made, a.checkTaken(&made)
	})
}

// checkTaken returns an error if another agent has the identifier.
func (a *api) checkTaken(of *agent) error {
	for other := range a.agents.Rows() {
		if other.Identifier == of.Identifier && other.ID != of.ID {
			return onecli.AgentIdentifierTaken()
		}
	}
	return nil
}

func (a *api) updateAgent(w http.ResponseWriter, r *http.Request) error {
	old, err := a.agent(r)
	if err != nil {
		return err
	}
	var in agentBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	return a.editAgent(w, old.ID, func(to *agent) error {
		if err := in.change(to); err != nil {
			return err
		}
		return a.checkTaken(to)
	})
}

// editAgent changes an agent and answers with it.
func (a *api) editAgent(w http.ResponseWriter, id string, change func(*agent) error) error {
	changed, err := a.agents.Change(id, change)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, changed)
}

func (a *api) deleteAgent(w http.ResponseWriter, r *http.Request) error {
	err := a.agents.Remove(system.Param(r, "id"), func(found agent) error {
		if found.IsDefault {
			return onecli.AgentDefaultNotDeletable()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusNoContent, nil)
}

func (a *api) makeDefault(w http.ResponseWriter, r *http.Request) error {
	return a.editAgent(w, system.Param(r, "id"), func(to *agent) error {
		if to.IsDefault {
			return onecli.AgentAlreadyDefault()
		}
		for other := range a.agents.Rows() {
			other.IsDefault = false
		}
		to.IsDefault = true
		return nil
	})
}
