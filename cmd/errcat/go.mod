module github.com/contrite-go/contrite/cmd/errcat

go 1.25.0

require (
	github.com/agnivade/levenshtein v1.2.1
	github.com/contrite-go/contrite v0.0.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	go.yaml.in/yaml/v4 v4.0.0
)

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	golang.org/x/text v0.14.0 // indirect
)

replace github.com/contrite-go/contrite => ../..
