package template

import (
	_ "embed"
	"errors"
	htmltemplate "html/template"
	"io"
	"strings"
	texttemplate "text/template"

	"haproxy-alert/alert"
)

//go:embed words/body.html.tmpl
var defaultHTML string

// readHTML reads the template of the HTML part. html/template checks what surrounds
// each value only when it is first executed: that is done here, so that a fault of
// the template is found with the others and not when somebody is to be woken.
func readHTML(text string, funcs texttemplate.FuncMap) (*htmltemplate.Template, error) {
	h, err := htmltemplate.New("html").Funcs(funcs).Parse(text)
	if err != nil {
		return nil, fault("read html template", err)
	}
	// Over empty data any other error says nothing of the template.
	if unsafe, bad := errors.AsType[*htmltemplate.Error](h.Execute(io.Discard, Data{})); bad {
		return nil, fault("read html template", unsafe)
	}
	return h, nil
}

// renderHTML makes the HTML part of a notice. A template that fails at this point, or
// writes nothing but blanks, makes none: the text says it all.
func (r *Renderer) renderHTML(d Data) string {
	var b strings.Builder
	if err := execute(r.html, &b, d); err != nil {
		return ""
	}
	if strings.TrimSpace(b.String()) == "" {
		return ""
	}
	return alert.PlainText(b.String())
}
