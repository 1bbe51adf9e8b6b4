package listener_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/listener"
)

func Example() {
	errs := &errcatalog.Writer{Report: func(_ context.Context, e *errcatalog.Error, _ error) {
		fmt.Println("reported:", e)
	}}
	server := &http.Server{Handler: middleware.Stack{Errors: errs}.Handler(http.NotFoundHandler())}
	defer server.Close()

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(listener.Wrap(l, errs))

	reply := send(l.Addr(), "GET / HTTP/1.1\r\n\r\n") // without a Host
	fmt.Println(reply.Status, reply.Header.Get("X-Error-Code"))
	// Unordered output:
	// reported: bad_request: The request is not valid.
	// 400 Bad Request bad_request
}

// What the server calls a connection is the package's. NetConn has the one underneath.
func ExampleWrap() {
	server := &http.Server{
		Handler: http.NotFoundHandler(),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			tcp, ok := c.(interface{ NetConn() net.Conn }).NetConn().(*net.TCPConn)
			if ok && tcp.SetNoDelay(false) == nil {
				fmt.Println("small packets are gathered")
			}
			return ctx
		},
	}
	defer server.Close()

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(listener.Wrap(l, nil))

	reply := send(l.Addr(), "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n")
	fmt.Println(reply.Status)
	// Output:
	// small packets are gathered
	// 505 HTTP Version Not Supported
}

// send sends a request that no client of net/http would.
func send(to net.Addr, request string) *http.Response {
	c, err := net.Dial(to.Network(), to.String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		log.Fatal(err)
	}
	reply, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		log.Fatal(err)
	}
	return reply
}
