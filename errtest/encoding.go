package errtest

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// An unpacker undoes one content coding. A body that breaks off is an error.
type unpacker func(packed []byte) ([]byte, error)

var unpackers = map[string]unpacker{
	"gzip": ungzip, "x-gzip": ungzip, "deflate": undeflate,
	"identity": func(plain []byte) ([]byte, error) { return plain, nil },
}

// unpack takes the codings that Content-Encoding tells of from the body. One that is
// not what is told is judged as it is.
func (j *judge) unpack() {
	codings := listed(j.resp.Header, "Content-Encoding")
	if len(codings) == 0 {
		return
	}
	if j.method == http.MethodHead {
		if len(j.acceptEncoding) == 0 {
			j.encodingFault = errors.New("the request takes none")
		}
		return
	}
	body := j.body
	for _, coding := range slices.Backward(codings) {
		undo := unpackers[strings.ToLower(coding)]
		if undo == nil {
			j.encodingFault = fmt.Errorf("%q can't be unpacked here, only gzip and deflate", coding)
			return
		}
		if body, j.encodingFault = undo(body); j.encodingFault != nil {
			j.encodingFault = fmt.Errorf("the body is no %s: %w", coding, j.encodingFault)
			return
		}
	}
	j.body = body
}

func ungzip(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return readUnpacked(r)
}

// undeflate reads the zlib format, as it should be (RFC 9110, section 8.4.1.2), or
// bare DEFLATE, as many servers send, chi's Compress among them.
func undeflate(packed []byte) ([]byte, error) {
	source := bytes.NewReader(packed)
	if r, err := zlib.NewReader(source); err == nil {
		if body, err := readUnpacked(r); err == nil && source.Len() == 0 {
			return body, nil
		}
	}
	source.Reset(packed)
	body, err := readUnpacked(flate.NewReader(source))
	if err == nil && source.Len() > 0 {
		err = errors.New("something follows it")
	}
	return body, err
}

// readUnpacked reads as much as is read of any error.
func readUnpacked(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxBody)
	}
	return body, err
}
