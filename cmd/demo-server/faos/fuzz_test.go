package faos_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	catalog "github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware"
)

// FuzzABody sends any body to every call that stores one. What is refused is refused by
// a 4xx of the contract.
func FuzzABody(f *testing.F) {
	for _, line := range faos.Lines() {
		if len(line.Body) < 1000 {
			f.Add(line.Body)
		}
	}
	f.Add(steps(`{"id":"a","name":"A","type":"agent","agent_id":"x","next":["b"]},{"id":"b","name":"B","type":"agent","agent_id":"x"}`))
	upstreams := new(system.Upstreams)
	f.Cleanup(upstreams.Close)
	sys := faos.New(system.Options{Rate: 1 << 40, DocsURL: docs, Upstreams: upstreams})
	h := middleware.Stack{Errors: sys.Errors}.Handler(sys)
	f.Fuzz(func(t *testing.T, body string) {
		for _, call := range []string{"POST /agents", "PATCH /agents/agt_paused", "POST /workflows", "POST /webhooks"} {
			method, path, _ := strings.Cut(call, " ")
			w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+sys.Credentials()["full"])
			h.ServeHTTP(w, r)
			e, refused := catalog.Catalog.Lookup(errcatalog.Code(w.Header().Get("X-Error-Code")))
			if w.Code >= 500 || refused != (w.Code >= 400) || refused && e.Status != w.Code || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s: got %d %s", call, w.Code, w.Body)
			}
		}
	})
}
