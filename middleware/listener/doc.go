// Package listener answers in the error contract what net/http refuses by itself. A
// request that does not parse, or has no Host, never reaches a handler: net/http
// writes "400 Bad Request" in plain text and closes the connection. [Wrap] puts the
// contract's reply in the place of that text.
//
//	l, err := net.Listen("tcp", ":8080")
//	...
//	err = server.Serve(listener.Wrap(l, errs))
//
// # What is replaced
//
// Everything that net/http's HTTP/1 server writes where no handler runs, if it has an
// error's status:
//
//   - 400, for a request that does not parse, a missing or malformed Host, and a
//     malformed header
//   - 400, for an HTTP request to an HTTPS server
//   - 417, for an Expect header other than 100-continue
//   - 431, for headers, or a request line, over the server's MaxHeaderBytes
//   - 501, for a Transfer-Encoding that it does not know
//   - 505, for an HTTP version that it does not know
//
// The reply is the catalogue's for the kind ([errcatalog.BadRequest],
// [errcatalog.ExpectationFailed] and so on), with a request ID of its own, since the
// client's may not have been read. For the same reason it is always in the native
// envelope: nothing is known of an Accept header. The Writer's Report is told, with
// net/http's text and the client's address as the private cause; no middleware sees
// these requests. The connection is closed as net/http would close it.
//
// # What is left alone
//
// A reply is replaced only if two things hold: a single Write has exactly the bytes
// that this package knows as one of net/http's replies, and the functions of net/http
// on the stack of that Write are those that write it. So a handler may send the very
// same bytes, also on a connection that it hijacked. The stack is looked at only where
// the bytes are the same.
//
// A reply that another Go release words differently stays as it is until this package
// knows it. The package's tests provoke every reply, and fail on one that they do not
// know. Replies also stay as they are in a build that renames the standard library's
// functions.
//
// # TLS
//
// With [http.Server.ServeTLS] net/http encrypts its replies before this package sees
// them. They stay as they are, but for the one that is not encrypted, to an HTTP
// request on an HTTPS port. A listener around the TLS one can't help: net/http
// speaks HTTP/2 only on a connection that is a [*crypto/tls.Conn] itself, so those pass
// Wrap untouched. A server behind a proxy that ends TLS is in reach.
//
// # HTTP/2
//
// net/http's HTTP/2 server, with TLS or without, has two replies of its own, which
// stay as they are:
//
//   - 431 with a line of HTML, for headers over MaxHeaderBytes
//   - 400 in plain text, for a header that HTTP/2 does not have (Connection,
//     Proxy-Connection, Transfer-Encoding, Upgrade, Keep-Alive) and for a TE other
//     than trailers
//
// Other faults end the stream or the connection, without a reply. So does HTTP/1
// where a client does not send its request in time, or leaves.
package listener
