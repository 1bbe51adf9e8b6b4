package errcatalog

// AppendBody renders as WriteError does, without headers, for the benchmarks.
func (w *Writer) AppendBody(b []byte, err error, m Meta) []byte {
	m.docsURL = w.DocsURL
	o := occurrence{meta: m}
	_ = w.catalog().resolve(&o, err, w.Rules, nil)
	return o.appendBody(b, w.catalog(), false)
}
