package main

import (
	"io"
	"net/http"
)

const indexText = `Contrite's demo: four published error contracts, one suite. Try

  curl -i localhost:8080/so1/v1/agents/nobody
  curl -i localhost:8080/agenthuman/v1/sessions/123
  curl -i localhost:8080/onecli/api/agents/nobody
  curl -i localhost:8080/faos/v1/agents/agt_nobody
  curl -i -X POST localhost:8080/faos/v1/agents/agt_paused/execute -d '{"input":{}}'
  curl -i -H 'Accept: application/problem+json' localhost:8080/faos/v1/nowhere
`

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, indexText)
}
