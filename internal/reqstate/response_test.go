package reqstate_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// observed returns the response that observes w.
func observed(w http.ResponseWriter) *reqstate.Response {
	st, _, _ := reqstate.Ensure(w, get())
	return st.Response()
}

// A plainWriter has nothing but what every writer has. It takes so many bytes.
type plainWriter struct {
	header   http.Header
	statuses []int
	body     strings.Builder
	most     int
}

var errFull = errors.New("no more room")

func (w *plainWriter) Header() http.Header { return w.header }

func (w *plainWriter) WriteHeader(status int) {
	if status < 100 {
		panic("no status")
	}
	w.statuses = append(w.statuses, status)
}

func (w *plainWriter) Write(p []byte) (int, error) {
	if w.most > 0 && w.body.Len()+len(p) > w.most {
		n, _ := w.body.Write(p[:w.most-w.body.Len()])
		return n, errFull
	}
	return w.body.Write(p)
}

// A readerFrom writer remembers what it read from.
type readerFrom struct {
	plainWriter
	sources []io.Reader
	read    int64
}

func (w *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	w.sources = append(w.sources, src)
	n, err := io.Copy(&w.body, src)
	w.read += n
	return n, err
}

func TestWhatStartsAResponse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		do      func(*reqstate.Response)
		started bool
		status  int
		bytes   int64
	}{
		{"nothing", func(*reqstate.Response) {}, false, 0, 0},
		{"a header", func(w *reqstate.Response) { w.Header().Set("X", "y") }, false, 0, 0},
		{"a status", func(w *reqstate.Response) { w.WriteHeader(404) }, true, 404, 0},
		{"the first of two statuses", func(w *reqstate.Response) { w.WriteHeader(404); w.WriteHeader(500) }, true, 404, 0},
		{"100 does not", func(w *reqstate.Response) { w.WriteHeader(100) }, false, 0, 0},
		{"103 does not", func(w *reqstate.Response) { w.WriteHeader(103) }, false, 0, 0},
		{"103 and then a status", func(w *reqstate.Response) { w.WriteHeader(103); w.WriteHeader(204) }, true, 204, 0},
		{"101 does", func(w *reqstate.Response) { w.WriteHeader(101) }, true, 101, 0},
		{"a write", func(w *reqstate.Response) { _, _ = w.Write([]byte("abc")) }, true, 200, 3},
		{"an empty write", func(w *reqstate.Response) { _, _ = w.Write(nil) }, true, 200, 0},
		{"two writes after a status", func(w *reqstate.Response) {
			w.WriteHeader(201)
			_, _ = w.Write([]byte("abc"))
			_, _ = io.WriteString(w, "de")
		}, true, 201, 5},
		{"a string", func(w *reqstate.Response) { _, _ = w.WriteString("abc") }, true, 200, 3},
		{"103 and then a write", func(w *reqstate.Response) { w.WriteHeader(103); _, _ = w.WriteString("a") }, true, 200, 1},
		{"a flush where none can does not", func(w *reqstate.Response) { w.Flush() }, false, 0, 0},
		{"a hijack where none can does not", func(w *reqstate.Response) { _, _, _ = w.Hijack() }, false, 0, 0},
		{"a status that panics does not", func(w *reqstate.Response) {
			defer func() { _ = recover() }()
			w.WriteHeader(0)
		}, false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := observed(&plainWriter{header: http.Header{}})
			test.do(w)
			if w.Started() != test.started || w.Status() != test.status || w.Bytes() != test.bytes || w.Hijacked() {
				t.Errorf("started %v, status %d, %d bytes, hijacked %v", w.Started(), w.Status(), w.Bytes(), w.Hijacked())
			}
		})
	}
}

func TestStatusesArePassedOn(t *testing.T) {
	t.Parallel()
	under := &plainWriter{}
	w := observed(under)
	for _, status := range []int{100, 103, 204, 500} {
		w.WriteHeader(status)
	}
	if len(under.statuses) != 4 {
		t.Errorf("%v arrived", under.statuses)
	}
}

func TestBytesThatDidNotArriveAreNotCounted(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*reqstate.Response) (int64, error){
		"Write":       func(w *reqstate.Response) (int64, error) { n, err := w.Write([]byte("abcdef")); return int64(n), err },
		"WriteString": func(w *reqstate.Response) (int64, error) { n, err := w.WriteString("abcdef"); return int64(n), err },
		"ReadFrom":    func(w *reqstate.Response) (int64, error) { return w.ReadFrom(strings.NewReader("abcdef")) },
		"ReadFrom, started": func(w *reqstate.Response) (int64, error) {
			w.WriteHeader(200)
			return w.ReadFrom(strings.NewReader("abcdef"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := observed(&plainWriter{most: 4})
			if n, err := write(w); n != 4 || !errors.Is(err, errFull) || w.Bytes() != 4 || !w.Started() {
				t.Errorf("it returns %d, %v and counts %d", n, err, w.Bytes())
			}
		})
	}
}

func TestReadFrom(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk error")
	text := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name    string
		start   bool
		src     io.Reader
		n       int64
		err     error
		started bool
	}{
		{"nothing", false, strings.NewReader(""), 0, nil, false},
		{"one byte", false, strings.NewReader("x"), 1, nil, true},
		{"one byte less than is sniffed", false, strings.NewReader(text(511)), 511, nil, true},
		{"as much as is sniffed", false, strings.NewReader(text(512)), 512, nil, true},
		{"one byte more", false, strings.NewReader(text(513)), 513, nil, true},
		{"much", false, strings.NewReader(text(1 << 20)), 1 << 20, nil, true},
		{"much, byte by byte", false, iotest.OneByteReader(strings.NewReader(text(2000))), 2000, nil, true},
		{"much, its end with its last bytes", false, iotest.DataErrReader(strings.NewReader(text(2000))), 2000, nil, true},
		{"much, after the start", true, strings.NewReader(text(1 << 20)), 1 << 20, nil, true},
		{"nothing, after the start", true, strings.NewReader(""), 0, nil, true},
		{"a source that fails before its first byte", false, iotest.ErrReader(broken), 0, broken, false},
		{"a source that fails after its first byte", false, io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken)), 1, broken, true},
		{"a source that fails after what is sniffed", false, io.MultiReader(strings.NewReader(text(600)), iotest.ErrReader(broken)), 600, broken, true},
		{"a source that fails, after the start", true, iotest.ErrReader(broken), 0, broken, true},
		{"a source whose end is unexpected", false, iotest.ErrReader(io.ErrUnexpectedEOF), 0, io.ErrUnexpectedEOF, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			content, err := io.ReadAll(test.src)
			sources := func() io.Reader {
				if err != nil {
					return io.MultiReader(strings.NewReader(string(content)), iotest.ErrReader(err))
				}
				return strings.NewReader(string(content))
			}
			plain, reader := &plainWriter{}, &readerFrom{}
			for under, body := range map[http.ResponseWriter]*strings.Builder{plain: &plain.body, reader: &reader.body} {
				w := observed(under)
				if test.start {
					w.WriteHeader(200)
				}
				n, err := w.ReadFrom(sources())
				if n != test.n || !errors.Is(err, test.err) || w.Bytes() != test.n || w.Started() != test.started {
					t.Errorf("%T: it returns %d, %v; counts %d; started %v", under, n, err, w.Bytes(), w.Started())
				}
				if body.String() != string(content) {
					t.Errorf("%T: %d bytes arrived", under, body.Len())
				}
			}
		})
	}
}

func TestReadFromHandsAFileOn(t *testing.T) {
	t.Parallel()
	for start, read := range map[bool]int64{false: 4000 - 512, true: 4000} {
		file := fileOf(t, 4000)
		under := &readerFrom{}
		w := observed(under)
		if start {
			w.WriteHeader(200)
		}
		if n, err := w.ReadFrom(file); n != 4000 || err != nil || w.Bytes() != 4000 {
			t.Errorf("ReadFrom returns %d, %v", n, err)
		}
		if len(under.sources) != 1 || under.sources[0] != io.Reader(file) {
			t.Errorf("the writer underneath read from %T", under.sources)
		}
		if under.body.Len() != 4000 || under.read != read {
			t.Errorf("%d bytes arrived, %d of them by the writer's own ReadFrom", under.body.Len(), under.read)
		}
	}
}

// fileOf makes a file of n bytes.
func fileOf(t *testing.T, n int) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(strings.Repeat("0123456789", n/10)), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// A flusher can flush, by one of the two methods.
type flusher struct {
	plainWriter
	flushed int
}

func (w *flusher) Flush() { w.flushed++ }

type errFlusher struct {
	plainWriter
	flushed int
	err     error
}

func (w *errFlusher) FlushError() error { w.flushed++; return w.err }

func TestFlush(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	plain, failing, old := &errFlusher{}, &errFlusher{err: broken}, &flusher{}
	for _, test := range []struct {
		name    string
		under   http.ResponseWriter
		err     error
		started bool
	}{
		{"by FlushError", plain, nil, true},
		{"by FlushError, which fails", failing, broken, true},
		{"by Flush", old, nil, true},
		{"through another wrapper", openWriter{&flusher{}}, nil, true},
		{"where none can", &plainWriter{}, http.ErrNotSupported, false},
		{"where none can be seen", blindWriter{&flusher{}}, http.ErrNotSupported, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := observed(test.under)
			if err := http.NewResponseController(w).Flush(); !errors.Is(err, test.err) {
				t.Errorf("it returns %v", err)
			}
			if w.Started() != test.started || w.Started() && w.Status() != 200 {
				t.Errorf("started %v with %d", w.Started(), w.Status())
			}
			http.Flusher(w).Flush()
		})
	}
	t.Cleanup(func() {
		if plain.flushed != 2 || failing.flushed != 2 || old.flushed != 2 {
			t.Errorf("%d, %d, %d flushes arrived", plain.flushed, failing.flushed, old.flushed)
		}
	})
}

func TestAFlushKeepsTheStatus(t *testing.T) {
	t.Parallel()
	w := observed(&flusher{})
	w.WriteHeader(202)
	w.Flush()
	if w.Status() != 202 {
		t.Errorf("the status is %d", w.Status())
	}
}

// A hijackable writer gives its connection away, unless it fails to.
type hijackable struct {
	plainWriter
	err error
}

func (w *hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.err != nil {
		return nil, nil, w.err
	}
	conn, _ := net.Pipe()
	return conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)), nil
}

func TestHijack(t *testing.T) {
	t.Parallel()
	broken := errors.New("too late")
	for _, test := range []struct {
		name  string
		under http.ResponseWriter
		err   error
	}{
		{"a connection", &hijackable{}, nil},
		{"a connection through another wrapper", openWriter{&hijackable{}}, nil},
		{"one that is not given", &hijackable{err: broken}, broken},
		{"where there is none", &plainWriter{}, http.ErrNotSupported},
		{"where none can be seen", blindWriter{&hijackable{}}, http.ErrNotSupported},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := observed(test.under)
			conn, rw, err := http.NewResponseController(w).Hijack()
			if !errors.Is(err, test.err) || (conn == nil) != (test.err != nil) || (rw == nil) != (test.err != nil) {
				t.Fatalf("it returns %v, %v, %v", conn, rw, err)
			}
			if w.Hijacked() != (err == nil) || w.Started() != (err == nil) || w.Status() != 0 {
				t.Errorf("hijacked %v, started %v, status %d", w.Hijacked(), w.Started(), w.Status())
			}
		})
	}
}

func TestAHijackedResponseNeverGetsAStatus(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*reqstate.Response){
		"by a status": func(w *reqstate.Response) { w.WriteHeader(200) },
		"by a write":  func(w *reqstate.Response) { _, _ = w.Write([]byte("x")) },
		"by a string": func(w *reqstate.Response) { _, _ = w.WriteString("x") },
		"by a copy":   func(w *reqstate.Response) { _, _ = w.ReadFrom(strings.NewReader("x")) },
		"by a flush":  func(w *reqstate.Response) { w.Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := observed(&struct {
				hijackable
				http.Flusher
			}{Flusher: &flusher{}})
			if _, _, err := w.Hijack(); err != nil {
				t.Fatal(err)
			}
			do(w)
			if w.Status() != 0 || !w.Hijacked() || !w.Started() {
				t.Errorf("it has %d", w.Status())
			}
		})
	}
	t.Run("but keeps the one that was sent before", func(t *testing.T) {
		t.Parallel()
		w := observed(&hijackable{})
		w.WriteHeader(http.StatusSwitchingProtocols)
		if _, _, err := w.Hijack(); err != nil || w.Status() != 101 || !w.Hijacked() {
			t.Errorf("it has %d, %v", w.Status(), err)
		}
	})
}

func TestARecorderSeesTheSame(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	w := observed(rec)
	w.Header().Set("X-A", "b")
	w.WriteHeader(418)
	_, _ = io.WriteString(w, "short and stout")
	if rec.Code != 418 || rec.Header().Get("X-A") != "b" || rec.Body.String() != "short and stout" || w.Bytes() != 15 {
		t.Errorf("it has %d %v %q, and %d bytes", rec.Code, rec.Header(), rec.Body, w.Bytes())
	}
}
