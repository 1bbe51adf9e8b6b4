module github.com/contrite-go/contrite/auth/jwtauth/josefuzz

go 1.25.0

replace github.com/contrite-go/contrite => ../../..

require (
	github.com/contrite-go/contrite v0.0.0
	github.com/go-jose/go-jose/v4 v4.1.8
)

require github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
