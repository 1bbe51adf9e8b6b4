package errtest

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
)

// NewJudge returns Check for one catalogue, for those who call it often.
func NewJudge(c *errcatalog.Catalog) func(resp *http.Response, body []byte, canaries ...string) []*Fault {
	k := newContract(c)
	return func(resp *http.Response, body []byte, canaries ...string) []*Fault {
		return k.check(resp, body, canaries)
	}
}

// ReadSchema returns what a schema says of values.
func ReadSchema(text []byte) (check func(value []byte) ([]*Fault, error), err error) {
	s, err := parseSchema(text)
	if err != nil {
		return nil, err
	}
	return func(value []byte) ([]*Fault, error) {
		v, err := decode(value)
		if err != nil {
			return nil, err
		}
		return s.check(v, ""), nil
	}, nil
}
