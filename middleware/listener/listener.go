package listener

import (
	"crypto/tls"
	"net"

	"github.com/contrite-go/contrite/errcatalog"
)

// Wrap returns l with connections on which the replies that net/http writes by itself
// are those of errs. It is meant for [http.Server.Serve]; what else is written passes
// unchanged. A nil errs is a zero Writer, which answers with [errcatalog.Standard].
//
// Files still go out by sendfile, and half of a connection can be closed, where l's
// connections can do that. Who needs the connection underneath, such as a
// [*net.TCPConn] in a ConnContext or after a Hijack, gets it from the method
//
//	NetConn() net.Conn
//
// which [crypto/tls.Conn] has too. The listener is as safe for concurrent use as l.
func Wrap(l net.Listener, errs *errcatalog.Writer) net.Listener {
	if errs == nil {
		errs = new(errcatalog.Writer)
	}
	return &listener{l, errs}
}

type listener struct {
	net.Listener

	errs *errcatalog.Writer
}

// Accept returns the next connection.
func (l *listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if _, ok := inner.(*tls.Conn); ok {
		return inner, nil
	}
	c := &conn{inner, l.errs}
	if s, ok := inner.(stater); ok {
		return &secureConn{c, s}, nil
	}
	return c, nil
}
