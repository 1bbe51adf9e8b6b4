package errtest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// A TB is the part of testing.TB that this package uses.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// Run sends a handler the built-in probes and the given ones, and fails for what is
// not in the contract of c. It is a [Suite] with no other settings.
func Run(t TB, h http.Handler, c *errcatalog.Catalog, probes ...Probe) {
	t.Helper()
	Suite{Catalog: c, Probes: probes}.Run(t, h)
}

// A Suite is probes, and what a server is to answer them with. The zero Suite knows
// nothing of the server: it judges by [errcatalog.Standard], and sends the built-in
// probes to paths that hardly any server has, and to /.
//
// The handler does what it is asked to, also by DELETE and PUT: give it a store of the
// test's own. What a route answers to a request that it takes is not judged.
type Suite struct {
	// Catalog has the errors. Nil is errcatalog.Standard.
	Catalog *errcatalog.Catalog
	// Prefix is the path of the part of the server that speaks the catalogue, such
	// as /v1. It stands before the path of each probe that is not Raw. With a prefix,
	// the built-in probes that have no path or one elsewhere are not sent.
	Prefix string
	// Routes are requests that the server knows, such as "POST /agents" or "GET
	// /agents/agt_1", without the prefix. To each go broken bodies, broken
	// credentials, conditions, ranges, and the methods that are not listed for its
	// path. Nil is GET / and POST /.
	Routes []string
	// Header is sent with every probe, but for those about credentials. It is the
	// place for a key that opens the routes.
	Header http.Header
	// Probes are sent too.
	Probes []Probe
	// Canaries are texts that no reply may show, such as what the private causes of
	// the server's failures say.
	Canaries []string
	// Skip has the built-in probes that are not sent, by name, each with the reason.
	// A name that there is no probe of is a failure.
	Skip map[string]string
	// Listener wraps the server's listener, so that the replies that net/http writes
	// before any handler are in the contract too. If it is nil, or there is a Prefix,
	// the probes that get those are not sent. It is not used for HTTP/2.
	Listener func(net.Listener) net.Listener
	// Timeout is how long a reply may take, and how long handlers may run on after
	// their clients have left. Zero is 30 seconds.
	Timeout time.Duration
}

// Run sends h the suite's probes, and calls t.Errorf for each rule that a reply
// breaks: with what was sent, what came back, the rule, and how to mend it. What is
// wrong over HTTP/1.1 is not told again of HTTP/2.
//
// It fails as well if no probe at all was refused, which proves nothing. It stops
// its servers before it returns. Whether handlers end is judged too: those that still
// run after the Timeout are a failure.
func (s Suite) Run(t TB, h http.Handler) {
	t.Helper()
	r := &runner{suite: s, t: t, contract: newContract(s.Catalog), told: map[string]string{}}
	r.canaries = append(r.canaries, ownCanaries...)
	r.canaries = append(r.canaries, s.Canaries...)
	if r.suite.Timeout <= 0 {
		r.suite.Timeout = 30 * time.Second
	}
	if faults := s.faults(); faults != nil {
		t.Errorf("errtest: %s", strings.Join(faults, "; "))
		return
	}
	probes, problems := s.probes()
	for _, problem := range problems {
		t.Errorf("errtest: %s", problem)
	}
	r.serve(h, probes, false)
	r.serve(h, probes, true)
	if r.judged == 0 {
		t.Errorf("errtest: none of %d requests was refused, which proves nothing; name some Routes, or add Probes that fail", r.sent)
	}
	t.Logf("errtest: %d requests, %d errors judged", r.sent, r.judged)
}

// A runner runs a suite once.
type runner struct {
	suite    Suite
	t        TB
	contract *contract
	canaries []string
	told     map[string]string // the protocol that a probe and rule were told of by
	sent     int
	judged   int
}

// serve starts a server, sends it the probes, and stops it.
func (r *runner) serve(h http.Handler, probes []probe, h2 bool) {
	r.t.Helper()
	wrap := r.suite.Listener
	if h2 {
		wrap = nil
	}
	s, err := serve(h, wrap, h2)
	if err != nil {
		r.t.Errorf("%v", err)
		return
	}
	c := newClient(s, r.suite.Header, r.suite.Timeout, h2)
	for i := range probes {
		if p := &probes[i]; !h2 || !p.http1 {
			r.probe(c, p)
		}
	}
	if h2 {
		c.h2.CloseIdleConnections()
	}
	if err := s.stop(r.suite.Timeout); err != nil {
		r.t.Errorf("errtest: %s: a handler still runs %v after its client left; end it when its request's context is done", c.protocol(), r.suite.Timeout)
	}
	for _, line := range s.log.panics() {
		r.t.Errorf("errtest: %s: %v", c.protocol(), faultf(RuleReply, "a handler panicked: %s", shorten(line, 200)))
	}
}

// probe sends one probe and tells of what is wrong with its reply.
func (r *runner) probe(c *client, p *probe) {
	r.t.Helper()
	r.sent++
	resp, body, err := c.send(p)
	switch {
	case p.leave:
		return // the server may close the connection while it is written to
	case resp == nil:
		r.tell(c, p, "", faultf(RuleReply, "%v", err))
		return
	case err != nil:
		r.tell(c, p, came(resp, body), faultf(RuleReply, "%v", err))
		return
	case p.own && resp.StatusCode < 400:
		return
	}
	resp.Request = p.request(r.suite.Header)
	if resp.StatusCode >= 400 {
		r.judged++
	}
	faults := r.contract.check(resp, body, r.canaries)
	if f := r.contract.wanted(p.Want, resp, body); f != nil {
		faults = append(faults, f)
	}
	for _, f := range faults {
		r.tell(c, p, came(resp, body), f)
	}
}

// wanted says how the reply is not the one that the probe wants.
func (k *contract) wanted(want error, resp *http.Response, body []byte) *Fault {
	if want == nil {
		return nil
	}
	code := k.catalog.Resolve(want).Code()
	var asked errcatalog.Code
	if errors.As(want, &asked) {
		code = asked // also one that the catalogue does not have
	}
	if resp.StatusCode < 400 {
		return faultf(RuleWant, "the code is to be %q, and the request was not refused", code)
	}
	if got, ok := k.codeOf(resp, body); !ok || got != code {
		return faultf(RuleWant, "the code is to be %q, not %q", code, got)
	}
	return nil
}

// tell calls Errorf, unless the probe broke the rule by another protocol already.
func (r *runner) tell(c *client, p *probe, came string, f *Fault) {
	r.t.Helper()
	key := p.Name + "\n" + string(f.Rule)
	if by, ok := r.told[key]; ok && by != c.protocol() {
		return
	}
	r.told[key] = c.protocol()
	if came == "" {
		r.t.Errorf("errtest: %s, %s: sent %s: %v", p.Name, c.protocol(), p, f)
		return
	}
	r.t.Errorf("errtest: %s, %s: sent %s, got %s: %v", p.Name, c.protocol(), p, came, f)
}

// came is how failures show what came back.
func came(resp *http.Response, body []byte) string {
	text := strings.TrimSpace(string(body))
	if text == "" {
		return fmt.Sprintf("%d without a body", resp.StatusCode)
	}
	if !strconv.CanBackquote(text) {
		text = strconv.Quote(text)
	}
	return fmt.Sprintf("%d %s", resp.StatusCode, shorten(text, 160))
}
