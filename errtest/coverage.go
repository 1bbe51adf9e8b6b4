package errtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
)

// A Coverage records which errors of a catalogue a test suite, or a running server,
// has seen, and by which routes. [Coverage.Handler] sees replies, [Coverage.Report]
// the errors that a Writer was given; each can be used without the other. Make one
// with [NewCoverage]. It is safe for concurrent use.
type Coverage struct {
	contract *contract
	canaries []string

	mu       sync.Mutex
	seen     map[string]map[errcatalog.Code]int
	outside  map[string]int
	problems map[string]int
}

// NewCoverage returns a Coverage of the catalogue, errcatalog.Standard if nil, that
// has seen nothing. No reply may show one of the canaries.
func NewCoverage(c *errcatalog.Catalog, canaries ...string) *Coverage {
	return &Coverage{
		contract: newContract(c),
		canaries: slices.Clone(canaries),
		seen:     map[string]map[errcatalog.Code]int{},
		outside:  map[string]int{},
		problems: map[string]int{},
	}
}

// An observation is a request that a Handler serves. Its route is known inside, where a
// handler may be at work after its time.
type observation struct {
	coverage *Coverage
	pattern  atomic.Pointer[string]
}

type observationKey struct{}

// observed returns the observation of the context's request by c, or nil.
func (c *Coverage) observed(ctx context.Context) *observation {
	if o, ok := ctx.Value(observationKey{}).(*observation); ok && o.coverage == c {
		return o
	}
	return nil
}

// Handler returns a handler that serves with next and judges each reply as [Check]
// does. It belongs around everything, so that it sees what clients get.
//
// The route of a request is the pattern of http.ServeMux or of chi. It is known if
// next is the router itself. Where other middlewares stand between them, use Handler a
// second time, around the ServeMux or by Use in the chi router: within another of the
// same Coverage it only notes the route.
func (c *Coverage) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o := c.observed(r.Context()); o != nil {
			defer func() { o.note(routeOf(next, r)) }()
			next.ServeHTTP(w, r)
			return
		}
		c.observe(w, r, next)
	})
}

// observe serves with next and judges the reply.
func (c *Coverage) observe(w http.ResponseWriter, r *http.Request, next http.Handler) {
	o, rec, ended := &observation{coverage: c}, &recorder{ResponseWriter: w}, false
	r = r.WithContext(context.WithValue(r.Context(), observationKey{}, o))
	defer func() {
		o.note(routeOf(next, r))
		if !ended && rec.status == 0 {
			c.reject(o.name(r), faultf(RuleReply, "a handler panicked"))
			return
		}
		if resp := rec.response(r); resp != nil {
			c.record(o.name(r), resp, rec.body)
		}
	}()
	next.ServeHTTP(rec, r)
	ended = true
}

// note keeps the first pattern that is known.
func (o *observation) note(pattern string) {
	if pattern != "" {
		o.pattern.CompareAndSwap(nil, &pattern)
	}
}

func (o *observation) route() string {
	if pattern := o.pattern.Load(); pattern != nil {
		return *pattern
	}
	return ""
}

// name is the request's method and route.
func (o *observation) name(r *http.Request) string { return routeName(r.Method, o.route()) }

func routeName(method, pattern string) string {
	switch {
	case pattern == "":
		return strings.TrimSpace(method + " (no route)")
	case strings.HasPrefix(pattern, method+" "):
		return pattern
	}
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = rest
	}
	return strings.TrimSpace(method + " " + pattern)
}

// routeOf returns the pattern by which r was routed, as far as it is known.
func routeOf(router http.Handler, r *http.Request) string {
	if r.Pattern != "" {
		return r.Pattern
	}
	if pattern := chiRoute(r.Context()); pattern != "" {
		return pattern
	}
	if routes, ok := router.(chi.Routes); ok {
		path := r.URL.RawPath
		if path == "" {
			path = r.URL.Path
		}
		return routes.Find(chi.NewRouteContext(), r.Method, path)
	}
	return ""
}

func chiRoute(ctx context.Context) string {
	if rctx := chi.RouteContext(ctx); rctx != nil && len(rctx.RoutePatterns) > 0 {
		return rctx.RoutePattern()
	}
	return ""
}

// record judges a reply and counts its code.
func (c *Coverage) record(route string, resp *http.Response, body []byte) {
	for _, f := range c.contract.check(resp, body, c.canaries) {
		c.reject(route, f)
	}
	if resp.StatusCode < 400 {
		return
	}
	if code, ok := c.contract.codeOf(resp, body); ok {
		c.count(route, code)
	}
}

func (c *Coverage) count(route string, code errcatalog.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[route] == nil {
		c.seen[route] = map[errcatalog.Code]int{}
	}
	c.seen[route][code]++
}

func (c *Coverage) reject(route string, f *Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outside[route+": "+f.Error()]++
}

func (c *Coverage) problem(route, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems[route+": "+text]++
}

// Report counts an error that a Writer was given, for [errcatalog.Writer.Report]. It
// counts the code if the reply was sent and no Handler of c sees it, and what is wrong
// with the error itself: the problem that the Writer tells of, params that the entry
// does not declare, and those that it declares and the occurrence lacks. No request
// fails for any of it.
//
// A Writer with a Report logs nothing by itself. To log and count, call both:
//
//	errs.Report = func(ctx context.Context, e *errcatalog.Error, problem error) {
//		coverage.Report(ctx, e, problem)
//		slog.ErrorContext(ctx, "request failed", "error", e, "problem", problem)
//	}
func (c *Coverage) Report(ctx context.Context, e *errcatalog.Error, problem error) {
	o, pattern := c.observed(ctx), chiRoute(ctx)
	if o != nil {
		o.note(pattern)
		pattern = o.route()
	}
	route := routeName("", pattern)
	if problem != nil {
		c.problem(route, string(e.Code())+": "+problem.Error())
	}
	c.reportParams(route, e)
	if o == nil && sent(problem) {
		c.count(route, e.Code())
	}
}

// sent reports whether an error with that problem was answered with its code.
func sent(problem error) bool {
	return problem == nil || errors.Is(problem, errcatalog.ErrUndeclared) || errors.Is(problem, errcatalog.ErrUnrecognized)
}

// reportParams compares the params of an occurrence with its entry. A kind's own
// params come with every kind, whatever the entry shows of them.
func (c *Coverage) reportParams(route string, e *errcatalog.Error) {
	entry, ok := c.contract.catalog.Lookup(e.Code())
	if !ok {
		return
	}
	given, declared := map[string]bool{}, map[string]bool{}
	for _, a := range e.Params() {
		given[a.Key] = true
	}
	for _, p := range entry.Params {
		declared[p.From] = true
		if e.Kind() == "" && !given[p.From] && !p.Optional && p.Default.Equal(slog.Value{}) && !strings.HasPrefix(p.From, "$") {
			c.problem(route, fmt.Sprintf("%s: the param %s is missing", e.Code(), p.From))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !declared[name] && errcatalog.StandardType(name) == "" {
			c.problem(route, fmt.Sprintf("%s: the param %s is not declared", e.Code(), name))
		}
	}
}
