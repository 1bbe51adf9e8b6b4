package gen

import (
	"go/doc"
	"go/token"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// initialisms are written in capitals in Go names.
var initialisms = map[string]bool{
	"acl": true, "api": true, "cpu": true, "csv": true, "db": true, "dns": true, "html": true,
	"http": true, "https": true, "id": true, "ip": true, "json": true, "jwt": true, "qps": true,
	"ram": true, "rfc3339": true, "rpc": true, "sla": true, "sms": true, "sql": true, "ssh": true,
	"ssl": true, "tcp": true, "tls": true, "ttl": true, "udp": true, "ui": true, "uri": true,
	"url": true, "utf8": true, "uuid": true, "vm": true, "xml": true, "yaml": true,
}

// camel is a name in Go's form: agent_id is AgentID. What is no ASCII letter or digit
// only separates words.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !isLetter(r) && !isDigit(r) }) {
		if initialisms[strings.ToLower(word)] {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]))
		b.WriteString(word[1:])
	}
	return b.String()
}

// exported is camel with a letter in front, which it may have to add.
func exported(name string) string {
	s := camel(name)
	if s == "" || isDigit(rune(s[0])) {
		return "X" + s
	}
	return s
}

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }
func isDigit(r rune) bool  { return '0' <= r && r <= '9' }

// imported are the packages that a constructor may use.
var imported = map[string]bool{"errcatalog": true, "json": true, "slog": true, "time": true}

// argument is the Go name of a param in a constructor: agent_id is agentID.
func argument(name string) string {
	arg, rest, _ := strings.Cut(name, "_")
	arg += camel(rest)
	if !token.IsIdentifier(arg) || arg[0] < 'a' || arg[0] > 'z' || imported[arg] || doc.IsPredeclared(arg) {
		return "the" + camel(name)
	}
	return arg
}

// PackageName is the name of a package in the folder.
func PackageName(folder string) string {
	name := strings.Map(func(r rune) rune {
		if isLetter(r) || isDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(folder))
	if !token.IsIdentifier(name) || name == "main" {
		name = "catalog" + name
	}
	return name
}

// constant is the name of a code's constant.
func constant(code errcatalog.Code) string { return "Code" + camel(string(code)) }

// constructorName is the name of a message's constructor. Those of an entry are
// told apart by their messages' names: the first that has no name has no suffix,
// and another, the last, is the general one.
func constructorName(e *errcatalog.Entry, i int) string {
	name := exported(string(e.Code))
	if e.Messages[i].Name != "" {
		return name + camel(e.Messages[i].Name)
	}
	for _, m := range e.Messages[:i] {
		if m.Name == "" {
			return name + "General"
		}
	}
	return name
}

// optionName is the name of the function that makes an optional param.
func optionName(e *errcatalog.Entry, p *errcatalog.Param) string {
	return exported(string(e.Code)) + "With" + camel(p.Name)
}
