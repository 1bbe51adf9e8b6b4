package errcatalog

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// compileAll checks the entries and compiles them.
func (b *builder) compileAll() {
	n := min(len(b.entries), 512)
	b.paramSlab.size, b.messageSlab.size, b.partSlab.size, b.headerSlab.size, b.compiler.slab.size = n, n, n, n, n
	b.compiler.docs, b.compiler.pinned = b.spec.Docs, b.pinned
	b.compiler.faults = func(problem string) { b.fault(b.compiler.entry.Code, "envelope", problem) }
	for _, e := range b.entries {
		b.compile(e)
	}
}

// compile checks one entry and compiles it.
func (b *builder) compile(e *entry) {
	before := len(b.faults)
	if e.Status < 400 || e.Status > 599 {
		b.fault(e.Code, "status", strconv.Itoa(e.Status)+" is not an error's status; use 400 to 599")
	}
	e.Type = or(e.Type, b.spec.typeOf(e.Status))
	b.params(e)
	b.messages(e)
	b.rules(e)
	b.duties(e)
	b.headers(e)
	e.documented = b.spec.Docs != ""
	if len(b.faults) == before {
		e.native = b.compiler.compile(e, &b.native, false)
	}
}

func (b *builder) params(e *entry) {
	e.params = b.paramSlab.take(len(e.Params))
	for i := range e.Params {
		d := &e.Params[i]
		switch {
		case !isName(d.Name):
			b.fault(e.Code, d.field(""), strconv.Quote(d.Name)+" is not a name; use a-z, 0-9 and _")
		case slices.ContainsFunc(e.Params[:i], func(p Param) bool { return p.Name == d.Name }):
			b.fault(e.Code, d.field(""), "stands twice")
		}
		e.params[i] = param{Param: d}
		b.param(e, &e.params[i])
	}
}

// field is where a fault of the param is.
func (p *Param) field(part string) string { return "params." + p.Name + part }

// param fills in the param's source and type. An inherited one has them, and is not
// written to.
func (b *builder) param(e *entry, p *param) {
	if p.From == "" {
		p.From = p.Name
	}
	inferred := standardTypes[p.From]
	if strings.HasPrefix(p.From, "$") {
		p.slot = p.From
		if inferred = slotTypes[p.From]; inferred == "" {
			b.fault(e.Code, p.field(".from"), p.From+" is no source; use a param's name, $request_id, $retryable or $timestamp")
			p.Type = ""
			return
		}
	}
	if problem := typeProblem(p.From, p.Type, inferred); problem != "" {
		b.fault(e.Code, p.field(".type"), problem)
		p.Type = ""
		return
	}
	if p.Type == "" {
		p.Type = inferred
	}
	b.values(e, p.Param)
}

// typeProblem says what is wrong with the type that a param declares, if its source
// is of the inferred one.
func typeProblem(source string, declared, inferred ParamType) string {
	switch {
	case declared == "" && inferred == "":
		return "is missing, and " + source + " is no standard param" + instead(source, slices.Sorted(maps.Keys(standardTypes)))
	case declared != "" && inferred != "" && declared != inferred:
		return fmt.Sprintf("is %s, but %s is always %s", declared, source, inferred)
	case forms[or(declared, inferred)] == nil:
		return strconv.Quote(string(declared)) + " is no type" + instead(string(declared), slices.Sorted(maps.Keys(forms)))
	}
	return ""
}

var slotTypes = map[string]ParamType{slotRequestID: String, slotRetryable: Boolean, slotTimestamp: Time}

// values checks what a param's declaration says of its values.
func (b *builder) values(e *entry, p *Param) {
	if problem := p.refuses(p.As); problem != "" {
		b.fault(e.Code, p.field(".as"), problem)
	}
	if p.Max < 0 {
		b.fault(e.Code, p.field(".max"), "is negative")
	}
	if len(p.Labels) > 0 && p.Type != String {
		b.fault(e.Code, p.field(".labels"), "are for strings, and this is "+article(string(p.Type)))
	}
	if !isZero(p.Default) && !p.Type.accepts(p.Default) {
		b.fault(e.Code, p.field(".default"), "is not "+article(string(p.Type)))
	}
	if !isZero(p.Example) && !p.Type.accepts(p.Example) {
		b.fault(e.Code, p.field(".example"), "is not "+article(string(p.Type)))
	}
}

// refuses says why the param can't be shown in the form, if that is so.
func (p *Param) refuses(as Form) string {
	switch {
	case as == "":
	case !slices.Contains(forms[p.Type], as):
		return fmt.Sprintf("%q is no form of %s%s", as, article(string(p.Type)), instead(string(as), forms[p.Type]))
	case as == Label && len(p.Labels) == 0:
		return "is label, but " + p.Name + " declares no labels"
	}
	return ""
}

func (b *builder) messages(e *entry) {
	if len(e.Messages) == 0 {
		b.fault(e.Code, "messages", "are missing; give at least one, without holes")
		return
	}
	e.messages = b.messageSlab.take(len(e.Messages))
	for i := range e.Messages {
		m, ok := &e.messages[i], b.message(e, i)
		last := i == len(e.Messages)-1
		switch {
		case !ok:
		case last && !m.fixed():
			b.fault(e.Code, messageField(i, ""), "is the last, so it must be for every occurrence; add one without when and holes")
		case !last && m.fixed():
			b.fault(e.Code, messageField(i, ""), "is for every occurrence, so those behind it are never used; move it to the end")
		case strings.TrimSpace(e.Messages[i].Text) == "":
			b.fault(e.Code, messageField(i, ""), "is empty")
		}
	}
}

// messageField is where a fault of a message is.
func messageField(i int, part string) string { return "messages[" + strconv.Itoa(i) + "]" + part }

// message compiles a message. It is not ok if it does not parse.
func (b *builder) message(e *entry, i int) (ok bool) {
	d, m := &e.Messages[i], &e.messages[i]
	m.when = d.When
	for _, k := range d.When {
		if byKind[k] == nil {
			b.fault(e.Code, messageField(i, ".when"), strconv.Quote(string(k))+" is not a kind"+instead(string(k), Kinds()))
		}
	}
	pieces, err := parseMessage(b.pieces[:0], d.Text)
	if err != nil {
		b.fault(e.Code, messageField(i, ""), err.Error())
		return false
	}
	b.pieces = pieces
	m.parts = b.partSlab.take(len(pieces))
	for j := range pieces {
		piece, part := &pieces[j], &m.parts[j]
		part.text, part.as = strings.ToValidUTF8(piece.text, "\uFFFD"), piece.form
		part.escaped = escaped(part.text)
		if piece.name != "" {
			part.hole = b.hole(e, i, piece)
			part.as = or(part.as, part.hole.As)
		}
	}
	return true
}

func (b *builder) hole(e *entry, i int, hole *piece) *param {
	p := e.param(hole.name)
	if p == nil {
		names := make([]string, len(e.Params))
		for i := range e.Params {
			names[i] = e.Params[i].Name
		}
		b.fault(e.Code, messageField(i, ""), "the hole {"+hole.name+"} is not a declared param"+instead(hole.name, names))
		return &param{Param: &Param{}}
	}
	switch p.Type {
	case "": // a fault already
	case Object, JSON, Violations:
		b.fault(e.Code, messageField(i, ""), fmt.Sprintf("the hole {%s} is of type %s, which has no text", hole.name, p.Type))
	default:
		if problem := p.refuses(hole.form); problem != "" {
			b.fault(e.Code, messageField(i, ""), problem)
		}
	}
	return p
}

// rules checks the retry rule and the outcome, and gives them their defaults.
func (b *builder) rules(e *entry) {
	e.Retry, e.Outcome = or(e.Retry, RetryNever), or(e.Outcome, OutcomeUnknown)
	if !slices.Contains([]Retry{RetryNever, RetryBackoff, RetryAfter}, e.Retry) {
		b.fault(e.Code, "retry", strconv.Quote(string(e.Retry))+" is no retry rule; use never, backoff or after")
	}
	if !slices.Contains([]Outcome{OutcomeUnknown, OutcomeNotProcessed, OutcomeProcessed}, e.Outcome) {
		b.fault(e.Code, "outcome", strconv.Quote(string(e.Outcome))+" is no outcome; use unknown, not_processed or processed")
	}
	if e.Wait < 0 {
		b.fault(e.Code, "wait", "is negative")
	}
	if e.Wait > 0 {
		e.wait = []string{waitOf(e.Wait)}
	}
}

// duties checks that what the protocol asks of the status has a source.
func (b *builder) duties(e *entry) {
	challenge := e.Challenge
	if e.Status == http.StatusUnauthorized {
		if challenge = or(challenge, b.spec.Challenge); challenge == "" {
			b.fault(e.Code, "challenge", "a 401 must have one (RFC 9110, section 15.5.2); set it here or for the catalogue")
		}
	}
	if challenge != "" {
		e.challenge = []string{challenge}
	}
	if e.Status == http.StatusMethodNotAllowed && !e.gives("allow") {
		b.fault(e.Code, "covers", "a 405 must have an Allow header (RFC 9110, section 15.5.6); cover method_not_allowed, or declare the param allow")
	}
	if !isFieldValue(challenge) {
		b.fault(e.Code, "challenge", "is not a header's value")
	}
	waits := e.Status == http.StatusTooManyRequests || e.Retry == RetryAfter ||
		e.Status == http.StatusServiceUnavailable && e.retryable()
	if waits && e.Wait == 0 && !e.gives("retry_after") {
		b.fault(e.Code, "wait", "it promises a Retry-After header; set wait, or declare the param retry_after")
	}
}

// gives reports whether an occurrence of the entry can come with a standard param.
func (e *entry) gives(name string) bool {
	for i := range e.params {
		if e.params[i].From == name {
			return true
		}
	}
	for _, k := range e.Covers {
		if slices.Contains(k.standardParams(), name) {
			return true
		}
	}
	return false
}

// headers gives the entry its headers.
func (b *builder) headers(e *entry) {
	e.headers = b.headerSlab.keep(b.shared)
	for i := range e.headers {
		switch h := &e.headers[i]; h.slot {
		case slotCode:
			h.fix(string(e.Code))
		case slotType:
			if !isFieldValue(e.Type) {
				b.fault(e.Code, "type", "is not a header's value, and "+h.name+" shows it")
			}
			h.fix(e.Type)
		case slotStatus:
			h.fix(strconv.Itoa(e.Status))
		case slotRetryable:
			h.fix(strconv.FormatBool(e.retryable()))
		}
	}
}

// fix gives a header a value that is the same for every occurrence.
func (d *header) fix(value string) { d.slot, d.values = "", []string{value} }

// common checks what all entries share.
func (b *builder) common() {
	b.commonHeaders()
	for _, status := range slices.Sorted(maps.Keys(b.spec.Types)) {
		if n, _ := strconv.Atoi(status); status != "4xx" && status != "5xx" && (len(status) != 3 || n < 400 || n > 599) {
			b.fault("", "types."+status, `is no status of an error; write one such as "404", or the class "4xx" or "5xx"`)
		}
	}
	if !strings.Contains(b.spec.MediaType, "/") || !isFieldValue(b.spec.MediaType) {
		b.fault("", "media_type", "is no media type; write one such as application/json")
	}
	if b.spec.Docs != "" && (strings.ContainsAny(b.spec.Docs, "# ") || !isFieldValue(b.spec.Docs)) {
		b.fault("", "docs", "must be a URL without fragment; the code is added behind #")
	}
}

func (b *builder) commonHeaders() {
	canonical := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(b.spec.Headers)) {
		value, field, key := b.spec.Headers[name], "headers."+name, http.CanonicalHeaderKey(name)
		if !isToken(name) {
			b.fault("", field, "is not a header's name")
		}
		switch {
		case slices.Contains(ownHeaders, key):
			b.fault("", field, "is set by the writer itself; leave it out")
		case reqstate.Stale(key) && !reqstate.Targeted(key):
			b.fault("", field, "speaks of another representation than the error's; leave it out")
		}
		if canonical[key] {
			b.fault("", field, "stands twice; case makes no difference")
		}
		canonical[key] = true
		slots := []string{slotCode, slotType, slotStatus, slotRetryable, slotRequestID}
		h := header{name: key}
		if slices.Contains(slots, value) {
			h.slot = value
		} else {
			h.fix(value)
		}
		b.shared = append(b.shared, h)
		if strings.HasPrefix(value, "$") && h.slot == "" {
			b.fault("", field, value+" is no slot of a header"+instead(value, slots))
		}
		if !isFieldValue(value) {
			b.fault("", field, "is not a header's value")
		}
	}
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s can be a header's value as it stands.
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return strings.TrimSpace(s) == s
}

// waitOf is a Retry-After value: whole seconds, rounded up.
func waitOf(d time.Duration) string { return strconv.FormatInt(secondsCeil(d), 10) }
