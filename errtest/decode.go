package errtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxNesting is deeper than any envelope with a raw JSON param in it.
const maxNesting = 200

// decode reads one JSON text, more strictly than json.Unmarshal: in UTF-8, with no
// member twice, and not nested too deep to walk. Numbers stay as they are written.
func decode(text []byte) (any, error) {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("it is empty")
	case !utf8.Valid(text):
		return nil, errors.New("it is not UTF-8")
	}
	// This also finds what follows the value.
	if err := json.Unmarshal(text, new(json.RawMessage)); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return decodeValue(d, 0)
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("it nests deeper than %d", maxNesting)
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return token, nil
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string)
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the member %q stands twice", name)
		}
		if object[name], err = decodeValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// lookup returns the value at a path of member names.
func lookup(v any, path []string) (any, bool) {
	for _, name := range path {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = object[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

// texts calls yield for every string in v, the names of members among them. at is
// the way to it.
func texts(v any, at []string, yield func(at []string, text string)) {
	switch v := v.(type) {
	case string:
		yield(at, v)
	case []any:
		for i, item := range v {
			texts(item, append(at[:len(at):len(at)], fmt.Sprint(i)), yield)
		}
	case map[string]any:
		for name, item := range v {
			yield(at, name)
			texts(item, append(at[:len(at):len(at)], name), yield)
		}
	}
}
