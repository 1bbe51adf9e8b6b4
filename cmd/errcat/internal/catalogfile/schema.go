package catalogfile

import _ "embed"

// Schema is the JSON Schema (2020-12) of catalog.yaml, with which editors complete
// and check it.
//
//go:embed catalog.schema.json
var Schema []byte
