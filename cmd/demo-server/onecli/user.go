package onecli

import (
	"errors"
	"net/http"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// A user is whose project it is.
type user struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A userBody renames the user.
type userBody struct {
	Name field[string] `json:"name"`
}

func (a *api) updateUser(w http.ResponseWriter, r *http.Request) error {
	var in userBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	if !isName(in.Name.value) {
		return onecli.UserNameInvalid()
	}
	a.mu.Lock()
	a.user.Name = in.Name.value
	changed := a.user
	a.mu.Unlock()
	return errcatalog.WriteJSON(w, http.StatusOK, changed)
}

// regenerateKey gives the caller a new key in the place of the one that was sent.
func (a *api) regenerateKey(w http.ResponseWriter, r *http.Request) error {
	key, err := a.system.Regenerate(r.Context(), auth.FromContext(r.Context()))
	switch {
	case errors.Is(err, auth.ErrReplaced), errors.Is(err, auth.ErrRevoked):
		return errcatalog.KeyRevoked.Because(err) // by another request, at the same time
	case err != nil:
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]string{"apiKey": key})
}
