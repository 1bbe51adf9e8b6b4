package errcatalog

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// WriteJSON answers with v as JSON, for the successes of a handler. A Content-Type
// that is set already is kept. With a status that has no body (1xx, 204, 304),
// v is ignored.
//
// A value that does not encode is an error before anything is written, so that it
// can still be answered; other errors are those of the connection.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return nil
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("errcatalog: encoding a response: %w", err)
	}
	h := w.Header()
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = jsonType
	}
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

var jsonType = []string{mediaJSON}
