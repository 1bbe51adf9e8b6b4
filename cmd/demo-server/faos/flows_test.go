package faos_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
)

func TestAnAgentLives(t *testing.T) {
	t.Parallel()
	a := open(t)
	made := a.do(201, "POST", "/agents", `{"name":"Ada <3","type":"analyst","ontology":"finance","autonomy_level":null,"color":"red"}`)
	id, _ := made["id"].(string)
	path := "/agents/" + id
	if !strings.HasPrefix(id, "agt_") || made["name"] != "Ada <3" || made["autonomy_level"] != "L1" || made["status"] != "active" {
		t.Fatalf("got %v", made)
	}
	list := a.do(200, "GET", "/agents", "")["agents"].([]any)
	if last := list[len(list)-1].(map[string]any); len(list) != 4 || last["id"] != id {
		t.Errorf("the list is %v", list)
	}
	a.do(200, "PATCH", path, `{}`)
	a.do(200, "PATCH", path, `{"name":null,"ontology":"law","autonomy_level":null}`)
	a.do(200, "PATCH", path, `{"autonomy_level":"L4","status":"training"}`)
	now := a.do(200, "GET", path, "")
	if now["name"] != "Ada <3" || now["type"] != "analyst" || now["ontology"] != "law" || now["autonomy_level"] != "L4" || now["status"] != "active" {
		t.Errorf("got %v", now)
	}
	if got := a.do(200, "POST", path+"/pause", "")["status"]; got != "paused" {
		t.Errorf("paused, it is %v", got)
	}
	a.do(200, "POST", path+"/pause", "")
	a.do(409, "POST", path+"/execute", `{"input":{}}`)
	if got := a.do(200, "POST", path+"/activate", "{}")["status"]; got != "active" {
		t.Errorf("activated, it is %v", got)
	}
	a.do(200, "POST", path+"/execute", `{"input":{"action":"summarize","about":"taxes"}}`)
	a.do(204, "DELETE", path, "")
	for _, call := range []string{"GET ", "PATCH ", "DELETE "} {
		method, _, _ := strings.Cut(call, " ")
		a.do(404, method, path, "{}")
	}
	a.do(404, "POST", path+"/execute", `{"input":{}}`)
}

func TestAnAgentInTrainingCanBeActivated(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.do(200, "POST", "/agents/agt_training/activate", "")
	a.do(200, "POST", "/agents/agt_training/execute", `{"input":{}}`)
}

func TestExecutionsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	a := open(t)
	e := a.do(200, "POST", "/agents/agt_active/execute", `{"input":{"sleep_seconds":0.01},"timeout_seconds":3600}`)
	kept := a.do(200, "GET", "/executions/"+e["id"].(string), "")
	if kept["agent_id"] != "agt_active" || kept["status"] != "completed" {
		t.Errorf("got %v", kept)
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", kept["created_at"].(string))
	if err != nil || time.Since(at) > time.Minute {
		t.Errorf("it was created at %v, %v", kept["created_at"], err)
	}
	a.do(200, "GET", "/executions/exec_recent", "")
	a.do(404, "GET", "/executions/exec_old", "")
}

func TestAWorkflowRunsItsStepsInTheirOrder(t *testing.T) {
	t.Parallel()
	a := open(t)
	made := a.do(201, "POST", "/workflows", steps(
		`{"id":"last","name":"L","type":"integration","integration":"ledger"},`+
			`{"id":"b","name":"B","type":"agent","agent_id":"agt_active","next":["last"],"input":{"action":"summarize"}},`+
			`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","next":["b","last","last"],"config":{"retries":3}}`))
	path := "/workflows/" + made["id"].(string)
	shown := a.do(200, "GET", path, "")
	if first := shown["steps"].([]any)[0].(map[string]any); shown["name"] != "Returns" || first["id"] != "last" {
		t.Errorf("got %v", shown)
	}
	for _, body := range []string{"", "{}", `{"timeout_seconds":null}`, `{"timeout_seconds":5}`} {
		e := a.do(200, "POST", path+"/run", body)
		output := e["output"].([]any)
		if len(output) != 3 || output[0] != "done: answer" || output[1] != "done: write" || output[2] != "synchronized: ledger" {
			t.Errorf("the steps said %v", output)
		}
		if kept := a.do(200, "GET", "/executions/"+e["id"].(string), ""); kept["workflow_id"] != made["id"] {
			t.Errorf("got %v", kept)
		}
	}
}

func TestAWorkflowMayBeLong(t *testing.T) {
	t.Parallel()
	const length = 8000
	var list strings.Builder
	for i := range length {
		fmt.Fprintf(&list, `{"id":"%d","name":"S","type":"agent","agent_id":"agt_active","next":["%d"]},`, length-i, length-i-1)
	}
	list.WriteString(`{"id":"0","name":"S","type":"agent","agent_id":"agt_active"}`)
	a := open(t)
	made := a.do(201, "POST", "/workflows", steps(list.String()))
	e := a.do(200, "POST", "/workflows/"+made["id"].(string)+"/run", "")
	if got := len(e["output"].([]any)); got != length+1 {
		t.Errorf("%d steps were done", got)
	}
}

func TestAStepFailsForWhatFailedInIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, step, code, reason, message string }{
		{"no agent", `"type":"agent","agent_id":"agt_zero"`, "agent_not_found", "Agent with ID 'agt_zero' does not exist", ""},
		{"a paused agent", `"type":"agent","agent_id":"agt_paused"`, "agent_not_active", "Agent is currently paused", ""},
		{"a guardrail", `"type":"agent","agent_id":"agt_active","input":{"action":"delete_database"}`, "guardrail_violation", "Action blocked by agent guardrails", ""},
		{"no integration", `"type":"integration","integration":"fax"`, "integration_not_configured", "Integration 'fax' is not configured", ""},
		{"an integration that refuses us", `"type":"integration","integration":"hubspot"`, "integration_auth_failed", "Integration authentication failed", ""},
		{"an integration that is down", `"type":"integration","integration":"crm"`, "external_api_error", "CRM API error", "CRM API returned 503"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			made := a.do(201, "POST", "/workflows", steps(`{"id":"s\"1","name":"Try It",`+tt.step+`}`))
			resp, body := a.send(system.Call{Method: "POST", Path: "/workflows/" + made["id"].(string) + "/run", Key: "full"})
			if tt.message == "" {
				tt.message = tt.reason
			}
			a.check(resp, body, refusal{
				500, "step_failed", `Workflow step 's"1' failed: ` + tt.reason, server, "",
				`"step_id":"s\"1","step_name":"Try It","underlying_error":{"code":"` + tt.code + `","message":` + quote(tt.message) + `}`,
			})
		})
	}
}

func TestAServiceThatDoesNotAnswerIsNotShown(t *testing.T) {
	t.Parallel()
	upstreams := new(system.Upstreams)
	a := serve(t, faos.New(system.Options{DocsURL: docs, Upstreams: upstreams}))
	upstreams.Close()
	resp, body := a.send(system.Call{Method: "POST", Path: "/integrations/ledger/sync", Key: "full"})
	a.check(resp, body, externalAPI)
	resp, body = a.send(system.Call{Method: "POST", Path: "/workflows/wfl_crm/run", Key: "full"})
	a.check(resp, body, refusal{
		500, "step_failed", "Workflow step 'step_1' failed: Ledger API error", server, "",
		`"step_id":"step_1","step_name":"Read Ledger","underlying_error":{"code":"external_api_error","message":"Ledger API did not answer"}`,
	})
}

func TestAWebhookLives(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, url := range []string{
		"https://example.com/hook?a=b#c", "HTTPS://EXAMPLE.com", "https://[::1]:8443/x", "https://bücher.example/", "https://user@example.com:65535/",
	} {
		made := a.do(201, "POST", "/webhooks", `{"url":`+quote(url)+`,"events":["agent.created","workflow.failed","agent.created"],"secret":"x"}`)
		path := "/webhooks/" + made["id"].(string)
		if got := a.do(200, "GET", path, ""); got["url"] != url || len(got["events"].([]any)) != 3 || got["secret"] != nil {
			t.Errorf("got %v", got)
		}
		a.do(204, "DELETE", path, "")
		a.do(404, "GET", path, "")
	}
}

func TestTheOldestRecordIsForgottenButNoneFromTheStart(t *testing.T) {
	t.Parallel()
	a := serve(t, newSystem(t, 10000))
	oldest := a.do(201, "POST", "/agents", agentWith(""))["id"].(string)
	for range 1000 - 4 {
		a.do(201, "POST", "/agents", agentWith(""))
	}
	a.do(200, "GET", "/agents/"+oldest, "")
	a.do(204, "DELETE", "/agents/agt_training", "")
	a.do(201, "POST", "/agents", agentWith(""))
	a.do(200, "GET", "/agents/"+oldest, "")
	a.do(201, "POST", "/agents", agentWith(""))
	a.do(404, "GET", "/agents/"+oldest, "")
	list := a.do(200, "GET", "/agents", "")["agents"].([]any)
	if first := list[0].(map[string]any)["id"]; len(list) != 1000 || first != "agt_active" {
		t.Errorf("there are %d agents, the first is %v", len(list), first)
	}
}

func TestAnIntegrationThatWorks(t *testing.T) {
	t.Parallel()
	if got := open(t).do(200, "POST", "/integrations/ledger/sync", ""); got["integration"] != "ledger" {
		t.Errorf("got %v", got)
	}
}

func TestASleepEndsWithItsClientAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	ended, began := make(chan struct{}), make(chan struct{})
	a := open(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/execute") {
				close(began)
				defer close(ended)
			}
			next.ServeHTTP(w, r)
		})
	})
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", a.server.URL+"/agents/agt_active/execute", strings.NewReader(`{"input":{"sleep_seconds":3000},"timeout_seconds":3600}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.credentials["full"])
	var client sync.WaitGroup
	client.Go(func() {
		if resp, err := a.server.Client().Do(r); err == nil {
			resp.Body.Close()
			t.Errorf("a sleep of 3000 seconds ended with %s", resp.Status)
		}
	})
	<-began
	a.do(200, "POST", "/agents/agt_active/pause", "")
	leave()
	client.Wait()
	<-ended
}

func TestManyWriteAtOnce(t *testing.T) {
	t.Parallel()
	a := open(t)
	var all sync.WaitGroup
	for _, body := range []string{`{"name":"A"}`, `{"type":"B"}`, `{"ontology":"C"}`, `{"autonomy_level":"L3"}`} {
		all.Go(func() { a.send(system.Call{Method: "PATCH", Path: "/agents/agt_active", Key: "full", Body: body}) })
		all.Go(func() { a.send(system.Call{Method: "GET", Path: "/agents", Key: "access_token"}) })
		all.Go(func() { a.send(system.Call{Method: "POST", Path: "/agents", Key: "starter", Body: agentWith("")}) })
	}
	all.Wait()
	got := a.do(200, "GET", "/agents/agt_active", "")
	if got["name"] != "A" || got["type"] != "B" || got["ontology"] != "C" || got["autonomy_level"] != "L3" {
		t.Errorf("of four changes at once there is %v", got)
	}
	if list := a.do(200, "GET", "/agents", "")["agents"].([]any); len(list) != 7 {
		t.Errorf("there are %d agents", len(list))
	}
}
