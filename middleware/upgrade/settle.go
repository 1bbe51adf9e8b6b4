package upgrade

import (
	"maps"
	"net/http"
	"time"
)

// finish settles what is held back when the handler ends.
func (w *writer) finish() {
	if w.mode == holding {
		w.settle(nil)
	}
	if w.held != nil && w.held.Passed != nil {
		w.report()
	}
}

// end has nothing go on any more. The contract's reply does first, also in a panic, if it
// can be told: it was written before that.
func (w *writer) end() {
	if w.mode == holding && (w.ours() || !w.st.Head && w.claims(true)) {
		w.release(nil)
	}
	if w.ours() {
		w.st.Adopted(w.front.Kept)
	}
	w.mode, w.ended = closed, true
	w.st.Pop(&w.front)
}

// settle sends the held reply or the contract's. A reply that streams is sent as
// it is, for that reason, unless it is mapped.
func (w *writer) settle(streams error) {
	if w.claims(streams == nil) {
		w.release(nil)
		w.mode = closed // to the end of what packed it
		return
	}
	if w.off {
		w.release(nil)
		return
	}
	e := w.held
	if !e.typed() || e.image() {
		streams = nil // all of it that is to be known has come
	}
	if w.replies.Map != nil {
		if err := w.replies.Map(w.r, e); err != nil {
			w.answer(&mappedError{err, e})
			return
		}
	}
	switch {
	case streams != nil:
		w.release(streams)
	case e.upgradable():
		w.answer(e.contract(time.Now()))
	default:
		w.release(ErrTyped)
	}
}

// answer has err answered in place of the held reply.
func (w *writer) answer(err error) {
	restore(w.ResponseWriter.Header(), w.held.Header)
	w.mode = answering
	w.errorHandler()(w, w.r, err)
	if w.mode == answering { // onError wrote nothing
		w.release(ErrUnanswered)
	}
	w.mode = closed // to the rest of the reply that was answered in this place
}

// claims reports whether the held reply is the contract's: by now, or because it is what
// wrappers made of one. It is whole unless it goes on.
func (w *writer) claims(whole bool) bool {
	if told := w.st.Told(); !w.ours() && !w.off && len(told) > 0 {
		now := w.ResponseWriter.Header()
		if reply := w.held.madeOf(told, now, whole); reply == nil {
			w.held.disown(told)
		} else {
			if reply.Marks(now) {
				w.hold(reply.Status) // with the headers that the Writer left
			}
			w.own(reply)
		}
	}
	return w.ours()
}

func (w *writer) errorHandler() OnError {
	if inCharge := w.held.inCharge; inCharge != nil {
		return *inCharge
	}
	return w.replies.OnError
}

// release sends the held reply as it is. What follows passes.
func (w *writer) release(why error) {
	e := w.held
	e.Passed = why
	if w.off || w.ours() {
		e.Passed = nil
	}
	if w.ours() {
		w.front.Again(w.front.Kept)
		defer w.st.Answered()
	} else {
		w.st.Drop()
	}
	w.mode = passing
	h := w.ResponseWriter.Header()
	late := maps.Clone(h) // trailers can be in it
	restore(h, e.Header)
	w.send(e.Status)
	restore(h, late)
	if len(e.Body) > 0 {
		_, _ = w.ResponseWriter.Write(e.Body) // the next Write has the same error
	}
}

func restore(h, from http.Header) {
	clear(h)
	maps.Copy(h, from)
}

// report tells of a reply that was sent as it is.
func (w *writer) report() {
	switch {
	case w.replies.Report != nil:
		w.replies.Report(w.r, w.held)
	case w.held.Passed != ErrUnanswered && !w.st.Unread(): // of which OnError, or nobody, knows
		w.mode, w.front.Over = closed, true
		w.errorHandler()(w, w.r, w.held.contract(time.Now()))
	}
}
