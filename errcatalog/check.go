package errcatalog

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
		e.native = b.ops(e, &b.native, false)
		e.problem = b.ops(e, &b.problem, true)
	}
}

func (b *builder) ops(e *entry, n *node, rename bool) []op {
	c := compiler{entry: e, docs: b.spec.Docs, pinned: b.pinned, rename: rename, faults: func(problem string) {
		b.fault(e.Code, "envelope", problem)
	}}
	return c.compile(n)
}

func (b *builder) params(e *entry) {
	e.params = make([]param, len(e.Params))
	for i, d := range e.Params {
		field := "params." + d.Name
		switch {
		case !isName(d.Name):
			b.fault(e.Code, field, strconv.Quote(d.Name)+" is not a name; use a-z, 0-9 and _")
		case slices.ContainsFunc(e.Params[:i], func(p Param) bool { return p.Name == d.Name }):
			b.fault(e.Code, field, "stands twice")
		}
		e.params[i] = b.param(e, field, d)
	}
}

func (b *builder) param(e *entry, field string, d Param) param {
	d.From = or(d.From, d.Name)
	p := param{Param: d}
	inferred := standardTypes[d.From]
	if strings.HasPrefix(d.From, "$") {
		p.slot = d.From
		if inferred = slotTypes[d.From]; inferred == "" {
			b.fault(e.Code, field+".from", d.From+" is no source; use a param's name, $request_id, $retryable or $timestamp")
			return p
		}
	}
	switch {
	case d.Type == "" && inferred == "":
		b.fault(e.Code, field+".type", "is missing, and "+d.From+" is no standard param"+
			instead(d.From, slices.Sorted(maps.Keys(standardTypes))))
	case d.Type != "" && inferred != "" && d.Type != inferred:
		b.fault(e.Code, field+".type", fmt.Sprintf("is %s, but %s is always %s", d.Type, d.From, inferred))
	case forms[or(d.Type, inferred)] == nil:
		b.fault(e.Code, field+".type", strconv.Quote(string(d.Type))+" is no type"+
			instead(string(d.Type), slices.Sorted(maps.Keys(forms))))
	default:
		p.Type = or(d.Type, inferred)
		b.values(e, field, &p.Param)
	}
	return p
}

var slotTypes = map[string]ParamType{slotRequestID: String, slotRetryable: Boolean, slotTimestamp: Time}

// values checks what a param's declaration says of its values.
func (b *builder) values(e *entry, field string, p *Param) {
	b.form(e, field+".as", p, p.As)
	if p.Max < 0 {
		b.fault(e.Code, field+".max", "is negative")
	}
	if len(p.Labels) > 0 && p.Type != String {
		b.fault(e.Code, field+".labels", "are for strings, and this is "+article(string(p.Type)))
	}
	if !isZero(p.Default) && !p.Type.accepts(p.Default) {
		b.fault(e.Code, field+".default", "is not "+article(string(p.Type)))
	}
	if !isZero(p.Example) && !p.Type.accepts(p.Example) {
		b.fault(e.Code, field+".example", "is not "+article(string(p.Type)))
	}
}

func (b *builder) form(e *entry, field string, p *Param, as Form) {
	switch {
	case as == "":
	case !slices.Contains(forms[p.Type], as):
		b.fault(e.Code, field, fmt.Sprintf("%q is no form of %s%s", as, article(string(p.Type)), instead(string(as), forms[p.Type])))
	case as == Label && len(p.Labels) == 0:
		b.fault(e.Code, field, "is label, but "+p.Name+" declares no labels")
	}
}

func (b *builder) messages(e *entry) {
	if len(e.Messages) == 0 {
		b.fault(e.Code, "messages", "are missing; give at least one, without holes")
		return
	}
	e.messages = make([]message, len(e.Messages))
	for i, d := range e.Messages {
		field := "messages[" + strconv.Itoa(i) + "]"
		m, ok := b.message(e, field, d)
		last := i == len(e.Messages)-1
		switch {
		case !ok:
		case last && !m.fixed():
			b.fault(e.Code, field, "is the last, so it must be for every occurrence; add one without when and holes")
		case !last && m.fixed():
			b.fault(e.Code, field, "is for every occurrence, so those behind it are never used; move it to the end")
		case strings.TrimSpace(d.Text) == "":
			b.fault(e.Code, field, "is empty")
		}
		e.messages[i] = m
	}
}

// message compiles d. It is not ok if it does not parse.
func (b *builder) message(e *entry, field string, d Message) (m message, ok bool) {
	m.when = d.When
	for _, k := range d.When {
		if byKind[k] == nil {
			b.fault(e.Code, field+".when", strconv.Quote(string(k))+" is not a kind"+instead(string(k), Kinds()))
		}
	}
	pieces, err := parseMessage(d.Text)
	if err != nil {
		b.fault(e.Code, field, err.Error())
		return m, false
	}
	for _, piece := range pieces {
		part := part{text: strings.ToValidUTF8(piece.text, "\uFFFD"), as: piece.form}
		part.escaped = string(appendEscaped(nil, part.text))
		if piece.name != "" {
			part.hole = b.hole(e, field, piece)
			part.as = or(part.as, part.hole.As)
		}
		m.parts = append(m.parts, part)
	}
	return m, true
}

func (b *builder) hole(e *entry, field string, hole piece) *param {
	p := e.param(hole.name)
	if p == nil {
		names := make([]string, len(e.Params))
		for i := range e.Params {
			names[i] = e.Params[i].Name
		}
		b.fault(e.Code, field, "the hole {"+hole.name+"} is not a declared param"+instead(hole.name, names))
		return &param{}
	}
	switch p.Type {
	case "": // a fault already
	case Object, JSON, Violations:
		b.fault(e.Code, field, fmt.Sprintf("the hole {%s} is of type %s, which has no text", hole.name, p.Type))
	default:
		b.form(e, field, &p.Param, hole.form)
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

func (b *builder) headers(e *entry) {
	for _, name := range slices.Sorted(maps.Keys(b.spec.Headers)) {
		value := b.spec.Headers[name]
		h := header{name: http.CanonicalHeaderKey(name)}
		switch value {
		case slotCode:
			h.values = []string{string(e.Code)}
		case slotType:
			if !isFieldValue(e.Type) {
				b.fault(e.Code, "type", "is not a header's value, and "+name+" shows it")
			}
			h.values = []string{e.Type}
		case slotStatus:
			h.values = []string{strconv.Itoa(e.Status)}
		case slotRetryable:
			h.values = []string{strconv.FormatBool(e.retryable())}
		case slotRequestID:
			h.slot = value
		default:
			h.values = []string{value}
		}
		e.headers = append(e.headers, h)
	}
}

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
		if slices.Contains(ownHeaders, key) {
			b.fault("", field, "is set by the writer itself")
		}
		if canonical[key] {
			b.fault("", field, "stands twice; case makes no difference")
		}
		canonical[key] = true
		slots := []string{slotCode, slotType, slotStatus, slotRetryable, slotRequestID}
		if strings.HasPrefix(value, "$") && !slices.Contains(slots, value) {
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
