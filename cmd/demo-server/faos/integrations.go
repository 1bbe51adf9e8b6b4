package faos

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// An integration is a server of others that the workspace is connected to.
type integration struct {
	service string // as people call it
	url     string
}

// integrations are those that are configured, by name. Salesforce is none of them.
type integrations map[string]integration

// connect starts the servers of others, and returns the integrations with them.
func connect(upstreams *system.Upstreams) integrations {
	answer := func(status int) string {
		return upstreams.Start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
		}))
	}
	return integrations{
		"ledger":  {"Ledger", answer(http.StatusOK)},
		"hubspot": {"HubSpot", answer(http.StatusUnauthorized)},
		"crm":     {"CRM", answer(http.StatusServiceUnavailable)},
	}
}

// An outage is a call of a service that failed. Its text may be shown to clients, what
// it wraps may not.
type outage struct {
	service, what string
	cause         error // nil if the service answered
}

func (o *outage) Error() string { return o.service + " API " + o.what }
func (o *outage) Unwrap() error { return o.cause }

// sync brings a service up to date. It ends with ctx, whose cause is then the error.
func (is integrations) sync(ctx context.Context, name string) (string, error) {
	i, configured := is[name]
	if !configured {
		return "", faos.IntegrationNotConfigured(name)
	}
	status, err := i.call(ctx)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", faos.ExternalAPIError().Because(&outage{i.service, "did not answer", err})
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return "", faos.IntegrationAuthFailed()
	case status != http.StatusOK:
		return "", faos.ExternalAPIError().Because(&outage{i.service, fmt.Sprintf("returned %d", status), nil})
	}
	return "synchronized: " + name, nil
}

// call sends the service its request, and returns the status of the answer.
func (i integration) call(ctx context.Context) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.url, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := system.Client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, err
}

func (s *service) syncIntegration(w http.ResponseWriter, r *http.Request) error {
	name := system.Param(r, "name")
	if _, err := s.integrations.sync(r.Context(), name); err != nil {
		return err
	}
	return show(w, map[string]string{"integration": name, "status": completed})
}
