package reqstate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

func TestOnlyAClientThatLeftHasLeft(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	stopped, stop := context.WithCancelCause(t.Context())
	stop(errors.New("stopping"))
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		want bool
	}{
		"a client that waits":           {t.Context(), false},
		"a client that left":            {left, true},
		"a server that names its cause": {stopped, false},
		"a deadline":                    {late, false},
	} {
		if got := reqstate.Left(test.ctx); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestTheFirstFailureSaysWhoReadsIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		serve func(st *reqstate.State, leave func())
		want  bool
	}{
		{"sent, and then the client left", func(st *reqstate.State, leave func()) { st.Response().WriteHeader(500); leave() }, false},
		{"the client left, and then sent", func(st *reqstate.State, leave func()) { leave(); st.Response().WriteHeader(500) }, true},
		{"held back before the client left", func(st *reqstate.State, leave func()) {
			st.Failing()
			leave()
			st.Response().WriteHeader(503)
		}, false},
		{"held back by a fork before the client left", func(st *reqstate.State, leave func()) {
			fork := st.Fork(st, httptest.NewRecorder())
			fork.Response().WriteHeader(500)
			leave()
			st.Join(fork, true)
			st.Response().WriteHeader(500)
		}, false},
		{"held back by a fork after the client left", func(st *reqstate.State, leave func()) {
			leave()
			fork := st.Fork(st, httptest.NewRecorder())
			fork.Response().WriteHeader(500)
			st.Join(fork, true)
			st.Response().WriteHeader(500)
		}, true},
		{"a client's fault", func(st *reqstate.State, leave func()) { leave(); st.Response().WriteHeader(404) }, false},
		{"one that was held back, and a success instead", func(st *reqstate.State, leave func()) {
			leave()
			st.Failing()
			st.Response().WriteHeader(200)
		}, false},
	} {
		ctx, leave := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		st, _, _ := reqstate.Ensure(httptest.NewRecorder(), r)
		test.serve(st, leave)
		if got := st.Unread(); got != test.want {
			t.Errorf("%s: unread is %v", test.name, got)
		}
		leave()
	}
}

func TestAPrincipalIsKnownBeforeTheForkEnds(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), r)
	fork := st.Fork(st, httptest.NewRecorder())
	if st.Overtake(fork); st.Principal != nil {
		t.Errorf("the principal is %v before there is one", st.Principal)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, name := range []string{"acme", "acme's agent"} {
			fork.Verified(&name, nil)
		}
	}()
	for st.Principal == nil {
		st.Overtake(fork)
	}
	<-ended
}
