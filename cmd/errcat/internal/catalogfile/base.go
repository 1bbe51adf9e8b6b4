package catalogfile

import (
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/contrite-go/contrite/errcatalog"
)

// extends reads which catalogue the file extends, and that catalogue.
func (r *reader) extends(n *yaml.Node) {
	name, ok := r.str(n)
	switch {
	case !ok:
	case name == "standard":
		r.Spec.Extends = errcatalog.Standard
	case strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml"):
		r.inherit(n, filepath.FromSlash(name))
	default:
		r.wrong(n, ruleValue, "%q is no catalogue; write standard, or the path of a catalog.yaml", name)
	}
}

// inherit reads the base.
func (r *reader) inherit(n *yaml.Node, path string) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(r.Path), path)
	}
	open := append(r.open, absolute(r.Path))
	if slices.Contains(open, absolute(path)) {
		r.wrong(n, ruleValue, "the catalogue extends itself; let it extend standard")
		return
	}
	base, err := read(path, open)
	if err != nil {
		r.wrong(n, ruleValue, "the catalogue that it extends can't be read: %v", err)
		return
	}
	if base.Catalog == nil {
		first := slices.IndexFunc(base.Faults, func(f Fault) bool { return f.Severity == Error })
		r.wrong(n, ruleContract, "the catalogue that it extends has errors, first %v", base.Faults[first])
		return
	}
	r.Base, r.Spec.Extends = base, base.Catalog
}

// absolute is the path by which files are told apart.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}
