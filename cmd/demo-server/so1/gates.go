package so1

import (
	"net/http"
	"slices"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// criteria are what the outputs of each stage of FORGE must have.
var criteria = map[string][]string{
	"RESEARCH":  {"problem_statement", "sources", "findings"},
	"DESIGN":    {"architecture", "interfaces", "threat_model"},
	"IMPLEMENT": {"code", "unit_tests", "code_review"},
	"VERIFY":    {"test_report", "test_coverage", "security_scan"},
	"DEPLOY":    {"release_notes", "rollback_plan", "approval"},
	"MONITOR":   {"dashboards", "alerts", "runbook"},
}

// gates lets stages pass that meet their criteria.
type gates struct {
	handle   func(func(http.ResponseWriter, *http.Request) error) http.Handler
	override func(http.Handler) http.Handler // lets those pass who may override
}

// A passage is a stage that passed its gate.
type passage struct {
	Stage      string   `json:"stage"`
	Passed     bool     `json:"passed"`
	Overridden bool     `json:"overridden"`
	Failed     []string `json:"failed_criteria"`
}

func (g *gates) validate(w http.ResponseWriter, r *http.Request) error {
	stage := system.Param(r, "stage")
	required, ok := criteria[stage]
	if !ok {
		return so1.ResourceNotFound()
	}
	var in struct {
		Outputs  []string `json:"outputs" decode:"required"`
		Override bool     `json:"override"`
	}
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	failed := slices.DeleteFunc(slices.Clone(required), func(c string) bool { return slices.Contains(in.Outputs, c) })
	pass := func(w http.ResponseWriter, _ *http.Request) error {
		return errcatalog.WriteJSON(w, http.StatusOK, passage{stage, true, len(failed) > 0, failed})
	}
	switch {
	case in.Override:
		g.override(g.handle(pass)).ServeHTTP(w, r)
		return nil
	case len(failed) > 0:
		return so1.ForgeGateFailure(failed)
	}
	return pass(w, r)
}
