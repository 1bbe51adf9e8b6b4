package onecli

import (
	"cmp"
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// The actions of rules.
const (
	block     = "block"
	rateLimit = "rate_limit"
)

// A rule is a record.
type rule struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	HostPattern string `json:"hostPattern"`
	Action      string `json:"action"`
	Limit       *int64 `json:"rateLimit"`
	Window      any    `json:"rateLimitWindow"` // in words, or a number of seconds
}

// A ruleBody makes or changes one.
type ruleBody struct {
	Name        field[string] `json:"name"`
	HostPattern field[string] `json:"hostPattern"`
	Action      field[string] `json:"action"`
	Limit       field[*int64] `json:"rateLimit"`
	Window      field[any]    `json:"rateLimitWindow"`
}

func (in *ruleBody) isEmpty() bool {
	return !in.Name.given && !in.HostPattern.given && !in.Action.given && !in.Limit.given && !in.Window.given
}

// maxLimit is the highest rate limit of a rule.
const maxLimit = 1_000_000_000

// The reasons for what is no rate.
const (
	noLimit  = "must be an integer from 1 to 1000000000"
	noWindow = "must be a text such as minute, or a number of seconds"
)

// change makes a rule what the body says.
func (in *ruleBody) change(to *rule) error {
	const text = "must be a string"
	err := cmp.Or(
		in.Name.check("name", text),
		in.HostPattern.check("hostPattern", text),
		in.Action.check("action", text),
		in.Limit.check("rateLimit", noLimit),
	)
	if err != nil {
		return err
	}
	in.Name.set(&to.Name)
	in.HostPattern.set(&to.HostPattern)
	in.Action.set(&to.Action)
	in.Limit.set(&to.Limit)
	in.Window.set(&to.Window)
	return cmp.Or(oneOf("action", to.Action, block, rateLimit), to.checkRate())
}

// checkRate returns what is wrong with the rate.
func (r *rule) checkRate() error {
	noWindowGiven := r.Window == nil || r.Window == ""
	seconds, isNumber := r.Window.(float64)
	_, isText := r.Window.(string)
	switch {
	case r.Action == rateLimit && (r.Limit == nil || noWindowGiven):
		return onecli.RuleRateLimitMissing()
	case r.Limit != nil && (*r.Limit < 1 || *r.Limit > maxLimit):
		return onecli.RequestInvalidField("rateLimit", noLimit)
	case !noWindowGiven && !isText && (!isNumber || seconds <= 0):
		return onecli.RequestInvalidField("rateLimitWindow", noWindow)
	}
	return nil
}

func (a *api) listRules(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"rules": a.rules.All()})
}

func (a *api) createRule(w http.ResponseWriter, r *http.Request) error {
	var in ruleBody
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	made := rule{Action: block}
	if err := in.change(&made); err != nil {
		return err
	}
	made, err := a.rules.Add(func(id string) (rule, error) {
		made.ID = id
		return made, nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}

func (a *api) updateRule(w http.ResponseWriter, r *http.Request) error {
	id := system.Param(r, "id")
	if _, err := a.rules.Find(id); err != nil {
		return err
	}
	var in ruleBody
	if err := readAny(r, &in); err != nil {
		return err
	}
	if in.isEmpty() {
		return onecli.RuleUpdateEmpty()
	}
	changed, err := a.rules.Change(id, in.change)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, changed)
}

func (a *api) deleteRule(w http.ResponseWriter, r *http.Request) error {
	if err := a.rules.Remove(system.Param(r, "id"), nil); err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusNoContent, nil)
}
