package main

import (
	"net"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware/listener"
)

// TestTheDemoKeepsToTheStandardOutsideItsSystems: the systems' own packages hold them
// to their contracts.
func TestTheDemoKeepsToTheStandardOutsideItsSystems(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	errtest.Suite{
		Catalog: errcatalog.Standard,
		Routes:  []string{"GET /", "GET /demo/keys.json", "GET /docs/faos"},
		Listener: func(l net.Listener) net.Listener {
			return listener.Wrap(l, new(errcatalog.Writer))
		},
	}.Run(t, d.handler)
}
