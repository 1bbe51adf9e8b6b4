module github.com/contrite-go/contrite

go 1.25.0
