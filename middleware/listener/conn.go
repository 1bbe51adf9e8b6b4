package listener

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/contrite-go/contrite/errcatalog"
)

// A conn passes everything on but the replies of net/http's own.
type conn struct {
	net.Conn

	errs *errcatalog.Writer
}

// Write writes p, or the contract's reply if p is one of net/http's own.
func (c *conn) Write(p []byte) (int, error) {
	if !maybe(p) {
		return c.Conn.Write(p)
	}
	r := lookup(p)
	if r == nil || !calledFrom(r.trail) {
		return c.Conn.Write(p)
	}
	if err := c.answer(r); err != nil {
		return 0, err
	}
	return len(p), nil
}

// NetConn returns the connection underneath.
func (c *conn) NetConn() net.Conn { return c.Conn }

// ReadFrom has the connection underneath copy src, which for TCP is where sendfile is
// used.
func (c *conn) ReadFrom(src io.Reader) (int64, error) {
	if to, ok := c.Conn.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{c.Conn}, src)
}

// WriteTo has the connection underneath copy to dst, which for TCP is where splice is
// used.
func (c *conn) WriteTo(dst io.Writer) (int64, error) {
	if from, ok := c.Conn.(io.WriterTo); ok {
		return from.WriteTo(dst)
	}
	return io.Copy(dst, struct{ io.Reader }{c.Conn})
}

// CloseWrite closes the writing half, which net/http does before it closes the whole
// on a client that is still sending.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// SyscallConn returns the socket.
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	if raw, ok := c.Conn.(syscall.Conn); ok {
		return raw.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// A stater is a connection that knows of its encryption, which net/http shows in
// Request.TLS.
type stater interface{ ConnectionState() tls.ConnectionState }

// A secureConn is a conn around one.
type secureConn struct {
	*conn
	stater
}
