package requestid

import (
	"context"
	"log/slog"
	"slices"
)

// logKey is the key of the attribute that [LogHandler] adds.
const logKey = "request_id"

// LogHandler returns a handler that passes records on to h, with the request's ID as
// the attribute request_id. It finds the ID in the context, so it needs the logging
// methods that take one, such as InfoContext; without an ID nothing is added, nor to a
// record that has the attribute itself.
//
// The attribute is always at the top level of the record, where a search for it
// looks, also when the logger has groups open. That costs those records more: their
// groups and attributes are applied again for each.
//
// The handler is safe for concurrent use if h is.
func LogHandler(h slog.Handler) slog.Handler {
	return &logHandler{Handler: h, root: h}
}

// A logHandler is the embedded Handler, and how to make it again from root, which is
// what it was before its first group was opened.
type logHandler struct {
	slog.Handler

	root  slog.Handler
	steps []func(slog.Handler) slog.Handler
}

func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	id := FromContext(ctx)
	switch {
	case id == "":
		return h.Handler.Handle(ctx, r)
	case len(h.steps) == 0 && tells(r):
		return h.Handler.Handle(ctx, r)
	case len(h.steps) == 0:
		r = r.Clone()
		r.AddAttrs(slog.String(logKey, id))
		return h.Handler.Handle(ctx, r)
	}
	grouped := h.root.WithAttrs([]slog.Attr{slog.String(logKey, id)})
	for _, step := range h.steps {
		grouped = step(grouped)
	}
	return grouped.Handle(ctx, r)
}

// tells reports whether the record has the attribute already.
func tells(r slog.Record) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = a.Key == logKey
		return !found
	})
	return found
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	if len(h.steps) == 0 {
		return LogHandler(h.Handler.WithAttrs(attrs))
	}
	return h.then(func(h slog.Handler) slog.Handler {
		// A handler owns the slice that it is given.
		return h.WithAttrs(slices.Clone(attrs))
	})
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.then(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

// then returns h with one more step, taken now and at every replay.
func (h *logHandler) then(step func(slog.Handler) slog.Handler) *logHandler {
	return &logHandler{
		Handler: step(h.Handler),
		root:    h.root,
		steps:   append(slices.Clip(h.steps), step),
	}
}
