package main

import (
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/errtest"
)

func TestEverySystemKeepsToItsContract(t *testing.T) {
	t.Parallel()
	for name, suite := range map[string]errtest.Suite{
		"so1": {Catalog: so1.Catalog, Prefix: "/so1/v1", Routes: []string{
			"GET /agents", "GET /agents/nobody", "POST /agents/research-agent/execute", "POST /agents/buggy-agent/execute",
		}},
		"agenthuman": {Catalog: agenthuman.Catalog, Prefix: "/agenthuman/v1", Routes: []string{
			"GET /roles", "GET /sessions/123", "POST /sessions/ses_demo/speak",
		}},
		"onecli": {Catalog: onecli.Catalog, Prefix: "/onecli/api", Routes: []string{
			"GET /agents", "POST /agents", "GET /agents/nobody",
		}},
		"faos": {Catalog: faos.Catalog, Prefix: "/faos/v1", Routes: []string{
			"GET /agents", "GET /agents/agt_x", "POST /agents/agt_abc123/execute", "POST /agents/agt_paused/execute",
		}},
		"outside of them": {Catalog: errcatalog.Standard, Routes: []string{"GET /"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite.Run(t, newDemo("", 0).handler)
		})
	}
}
