package decode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

func (d *Decoder) checkMediaType(r *http.Request) error {
	if len(d.MediaTypes) == 0 {
		return nil
	}
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil || errors.Is(err, mime.ErrInvalidMediaParameter) {
		if slices.ContainsFunc(d.MediaTypes, func(t string) bool { return strings.EqualFold(t, got) }) {
			return nil
		}
	}
	return errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", d.MediaTypes...))
}

// read reads the body of r, which may be limit bytes long.
func (w *walk) read(r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	if r.Body == nil {
		return nil
	}
	// What the client says of the length is not worth much memory yet.
	w.buf = slices.Grow(w.buf[:0], int(min(max(r.ContentLength+1, 512), 64<<10)))
	for {
		n, err := r.Body.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		w.data = w.buf
		switch {
		case int64(len(w.buf)) > limit:
			return &http.MaxBytesError{Limit: limit}
		case err == io.EOF:
			return nil
		case err != nil:
			return unread(r.Context(), err)
		}
		w.buf = slices.Grow(w.buf, 1)
	}
}

// unread says whose fault it is that the body could not be read. To net/http a
// client that stops sending has left, so it is to us.
func unread(ctx context.Context, err error) error {
	var tooLarge *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, http.ErrBodyReadAfterClose):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("decode: the body can't be read: %w: %w", err, ctx.Err())
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errcatalog.ClientClosed.Because(err)
	case !errors.As(err, &network):
		return errcatalog.BadRequest.Because(err) // such as chunks that are none
	case network.Timeout():
		return errcatalog.RequestTimeout.Because(err)
	}
	return errcatalog.ClientClosed.Because(err)
}
