package so1_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/so1"
	catalog "github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func TestEveryLineCausesItsCode(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, line := range so1.Lines() {
		seen[string(line.Code)] = true
		t.Run(string(line.Code), func(t *testing.T) {
			t.Parallel()
			s := open(t, 0)
			server := testutil.Serve(t, middleware.Stack{}.Handler(s), false)
			for _, before := range line.Before {
				testutil.Do(t, server.Client(), request(t, s, server.URL, before))
			}
			var resp *http.Response
			for range max(line.Times, 1) {
				resp, _ = testutil.Do(t, server.Client(), request(t, s, server.URL, line.Call))
			}
			if got := resp.Header.Get("X-Error-Code"); got != string(line.Code) {
				t.Errorf("got %d %q", resp.StatusCode, got)
			}
		})
	}
	for code := range messages {
		if !seen[code] {
			t.Errorf("no line causes %s", code)
		}
	}
}

func TestTheContractHoldsForWhatNobodyExpects(t *testing.T) {
	t.Parallel()
	s := open(t, 1_000_000)
	errtest.Suite{
		Catalog: catalog.Catalog,
		Header:  http.Header{"Authorization": {"Bearer " + s.Keys["full"]}},
		Routes: []string{
			"GET /agents", "POST /agents", "GET /agents/research-agent", "PATCH /agents/locked-agent", "DELETE /agents/locked-agent",
			"POST /agents/research-agent/lock", "POST /agents/buggy-agent/execute", "POST /workflows", "POST /forge/gates/VERIFY/validate",
			"PUT /admin/maintenance",
		},
		Canaries: []string{"so1:", "runtime error", "127.0.0.1", s.Keys["full"]},
	}.Run(t, middleware.Stack{Errors: s.Errors}.Handler(s))
}

// In fake time, in which waits take none.
func TestAnExecutionEndsAtItsTimeout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, config, body string
		status             int
		after              time.Duration
	}{
		{"sooner than its timeout", `{}`, `{"task":"sleep 10s","timeout_seconds":11}`, 200, 10 * time.Second},
		{"together with it", `{}`, `{"task":"sleep 10s","timeout_seconds":10}`, 200, 10 * time.Second},
		{"at its timeout", `{}`, `{"task":"sleep 10s","timeout_seconds":1}`, 504, time.Second},
		{"at its timeout, for less to do", `{}`, `{"task":"sleep 2.5s","timeout_seconds":2}`, 504, 2 * time.Second},
		{"at its agent's timeout", `{"timeout_seconds":5}`, `{"task":"sleep 1h"}`, 504, 5 * time.Second},
		{"at its own timeout rather than its agent's", `{"timeout_seconds":5}`, `{"task":"sleep 1h","timeout_seconds":7}`, 504, 7 * time.Second},
		{"at the timeout of agents without one", `{}`, `{"task":"sleep 1h"}`, 504, time.Minute},
		{"in the background", `{}`, `{"task":"sleep 1h","mode":"async"}`, 202, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, 0)
			synctest.Test(t, func(t *testing.T) {
				direct(t, s, post("/agents", `{"id":"a","name":"A","domain":"d","config":`+test.config+`}`))
				start := time.Now()
				w := direct(t, s, post("/agents/a/execute", test.body))
				if took := time.Since(start).Truncate(100 * time.Millisecond); w.Code != test.status || took != test.after {
					t.Errorf("got %d %s after %v", w.Code, w.Body, took)
				}
				if w.Code == 504 && steady(w.Body.String()) != envelope("timeout", `{"retryable":false}`) {
					t.Errorf("got %s", w.Body)
				}
				time.Sleep(2 * time.Minute) // until what is in the background ends
			})
		})
	}
}

func TestAnExecutionEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	s := open(t, 0)
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		start := time.Now()
		r := request(t, s, "http://example.com", post("/agents/research-agent/execute", `{"task":"sleep 10s"}`))
		middleware.Stack{}.Handler(s).ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestExecutionsInTheBackgroundAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t, 1000)
	synctest.Test(t, func(t *testing.T) {
		order := post("/agents/research-agent/execute", `{"task":"sleep 30s","mode":"async"}`)
		for i := range 100 {
			if w := direct(t, s, order); w.Code != 202 {
				t.Fatalf("%d: got %d %s", i, w.Code, w.Body)
			}
		}
		if w := direct(t, s, order); w.Code != 503 || steady(w.Body.String()) != envelope("service_unavailable", again) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if w := direct(t, s, order); w.Code != 202 {
			t.Errorf("after they ended: got %d %s", w.Code, w.Body)
		}
		time.Sleep(time.Minute) // until the last one ends
	})
}

func TestALockEndsByItself(t *testing.T) {
	t.Parallel()
	s := open(t, 0)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Millisecond) // so that the end is not a whole second
		w := direct(t, s, call("POST", "burst", "/agents/research-agent/lock", `{"seconds":60}`))
		var lock struct {
			Expires time.Time `json:"lock_expires_at"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &lock); err != nil || time.Until(lock.Expires) != 61*time.Second-time.Millisecond {
			t.Errorf("got %s (%v)", w.Body, err)
		}
		change := patch("/agents/research-agent", `{"name":"R"}`)
		time.Sleep(time.Minute - time.Nanosecond)
		if w := direct(t, s, change); w.Code != 409 {
			t.Errorf("before its end: got %d %s", w.Code, w.Body)
		}
		time.Sleep(time.Nanosecond)
		if w := direct(t, s, get("/agents/research-agent")); w.Body.String() != research {
			t.Errorf("at its end: got %s", w.Body)
		}
		if w := direct(t, s, change); w.Code != 200 {
			t.Errorf("at its end: got %d %s", w.Code, w.Body)
		}
	})
}

func TestALongCycleIsShownWhole(t *testing.T) {
	t.Parallel()
	const n = 300
	var steps, path []string
	for i := range n {
		steps = append(steps, fmt.Sprintf(`{"id":"s%d","agent":"research-agent","depends_on":["s%d"]}`, i, (i+1)%n))
		path = append(path, fmt.Sprintf(`"s%d"`, i))
	}
	w := direct(t, open(t, 0), post("/workflows", `{"name":"w","steps":[`+strings.Join(steps, ",")+`]}`))
	want := fmt.Sprintf(`{"errors":[{"field":"/steps/%d/depends_on/0","reason":"closes a cycle","path":[%s,"s0"]}]}`, n-1, strings.Join(path, ","))
	if steady(w.Body.String()) != envelope("workflow_validation_failed", want) {
		t.Errorf("got %s", w.Body)
	}
}

func TestAtMostOneHundredFaultsAreTold(t *testing.T) {
	t.Parallel()
	s := open(t, 0)
	for name, steps := range map[string][]string{
		"unknown agents": slices.Repeat([]string{`{"id":"x","agent":"ghost"}`}, 5000),
		"cycles":         {`{"id":"x","agent":"buggy-agent","depends_on":["x"` + strings.Repeat(`,"x"`, 5000) + `]}`},
	} {
		w := direct(t, s, post("/workflows", `{"name":"w","steps":[`+strings.Join(steps, ",")+`]}`))
		if n := strings.Count(w.Body.String(), `"field"`); w.Code != 422 || n != 100 {
			t.Errorf("%s: got %d with %d faults", name, w.Code, n)
		}
	}
}

func TestOfTheAgentsThatClientsMadeTheOldestAreForgotten(t *testing.T) {
	t.Parallel()
	s := open(t, 1_000_000)
	for i := range 1001 - 5 {
		if w := direct(t, s, post("/agents", fmt.Sprintf(`{"id":"a%d","name":"A","domain":"d"}`, i))); w.Code != 201 {
			t.Fatalf("%d: got %d %s", i, w.Code, w.Body)
		}
	}
	for path, want := range map[string]int{"/agents/a0": 404, "/agents/a1": 200, "/agents/a995": 200, "/agents/research-agent": 200} {
		if w := direct(t, s, get(path)); w.Code != want {
			t.Errorf("%s: got %d, want %d", path, w.Code, want)
		}
	}
}

func TestCallsAtOnceShareNothingThatChanges(t *testing.T) {
	t.Parallel()
	s := open(t, 1_000_000)
	h := middleware.Stack{}.Handler(s)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				id := fmt.Sprintf("a%d", (i+j)%4)
				h.ServeHTTP(httptest.NewRecorder(), request(t, s, "", post("/agents", `{"id":"`+id+`","name":"A","domain":"d","config":{"priority":"low"}}`)))
				h.ServeHTTP(httptest.NewRecorder(), request(t, s, "", patch("/agents/"+id, `{"config":{"timeout_seconds":9}}`)))
				h.ServeHTTP(httptest.NewRecorder(), request(t, s, "", post("/agents/"+id+"/lock", `{"seconds":5}`)))
				h.ServeHTTP(httptest.NewRecorder(), request(t, s, "", get("/agents")))
				h.ServeHTTP(httptest.NewRecorder(), request(t, s, "", call("DELETE", "full", "/agents/"+id, "")))
			}
		})
	}
	wg.Wait()
	if w := direct(t, s, get("/agents/research-agent")); w.Code != 200 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
