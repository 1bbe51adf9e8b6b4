package gen

import "github.com/contrite-go/contrite/errcatalog"

var (
	Exported = exported
	Argument = argument
)

// Sources returns the params that the constructor of a message takes.
func Sources(e *errcatalog.Entry, i int) []string {
	var sources []string
	for _, a := range arguments(e, i) {
		sources = append(sources, a.source)
	}
	return sources
}
