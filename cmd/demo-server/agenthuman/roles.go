package agenthuman

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
)

// A role is a record.
type role struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Disabled bool   `json:"disabled"`
}

// A newRole is the body that makes one.
type newRole struct {
	Name string `json:"name" decode:"required"`
}

// Validate implements [decode.Validator].
func (in newRole) Validate() []errcatalog.Violation { return filled("name", in.Name) }

func (a *api) listRoles(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"roles": a.roles.All()})
}

func (a *api) createRole(w http.ResponseWriter, r *http.Request) error {
	var in newRole
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	made, err := a.roles.Add(func(id string) (role, error) {
		return role{ID: id, Name: in.Name}, nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}
