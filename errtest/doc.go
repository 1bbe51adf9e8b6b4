// Package errtest proves that a server's failures stay within its error contract.
// One call serves the handler on a real port, sends it what clients, scanners and
// broken networks send, over HTTP/1.1 and HTTP/2, and fails the test for each reply
// of status 400 or more that the catalogue does not describe:
//
//	func TestEveryErrorIsInTheContract(t *testing.T) {
//		errtest.Run(t, newServer(), apierr.Catalog)
//	}
//
// [Suite] is the same with the server's routes, credentials and own probes. [Check]
// judges one reply that the test got by itself. [Coverage] watches a whole test suite,
// and says which codes of the catalogue it never saw.
//
// # What is judged
//
// A reply of 400 or more must be in the media type that the request's Accept header
// asks for, be one JSON text as the code's schema has it, with no other members, and
// show a code of the catalogue. Code and status must agree in the body, the headers
// and the entry. It has the headers that the catalogue declares, those of its status
// (WWW-Authenticate, Allow, Retry-After and so on), Cache-Control: no-store,
// X-Content-Type-Options: nosniff, and a request ID, which is the same one in the body.
// It shows nothing of the canaries: texts that the probes plant in query, headers, body
// and credentials, and those that the user names. Of other replies only the request
// ID is asked. [Rule] has the names of it all.
//
// # What net/http answers by itself
//
// To a request that it can't read, net/http writes a reply before any handler runs.
// No handler can change that, so the probes for it are sent only if the Suite has a
// Listener that can.
package errtest
