package errcatalog

import (
	"log/slog"
)

// An occurrence is one error on its way to the wire: a contract error as it was
// found, and once resolved its entry.
type occurrence struct {
	kind   Kind
	code   Code
	params []slog.Attr
	cause  error
	entry  *entry
	meta   Meta
}

// value returns the value of a declared param: the occurrence's own, else the
// default.
func (o *occurrence) value(p *param) (slog.Value, bool) {
	if v, ok := o.own(p); ok {
		return v, true
	}
	return p.Default, !isZero(p.Default)
}

// own returns what the occurrence or its request has for a declared param: the last
// value of that name, if it is of the type.
func (o *occurrence) own(p *param) (slog.Value, bool) {
	switch p.slot {
	case "":
		if v, ok := o.given(p.From); ok && p.accepts(v) {
			return v, true
		}
	case slotRetryable:
		return slog.BoolValue(o.entry.retryable()), true
	case slotRequestID:
		if o.meta.RequestID != "" {
			return slog.StringValue(o.meta.RequestID), true
		}
	case slotTimestamp:
		if shownTime(o.meta.Time) {
			return slog.TimeValue(o.meta.Time), true
		}
	}
	return slog.Value{}, false
}

func (o *occurrence) given(name string) (slog.Value, bool) {
	for i := len(o.params) - 1; i >= 0; i-- {
		if o.params[i].Key == name {
			return o.params[i].Value, true
		}
	}
	return slog.Value{}, false
}

func isZero(v slog.Value) bool { return v.Kind() == slog.KindAny && v.Any() == nil }
