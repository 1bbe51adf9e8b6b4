package system

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// refuse answers what the guard refuses. Malformed credentials that start as a key
// does get its prefix, as a key that is not valid does.
func (s *System) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errcatalog.CredentialsMalformed) {
		_, sent, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		for _, prefix := range s.Format {
			if strings.HasPrefix(strings.TrimLeft(sent, " "), prefix) {
				err = errcatalog.CredentialsMalformed.With(slog.String("key_prefix", prefix)).Because(err)
			}
		}
	}
	s.Errors.WriteError(w, r, err)
}
