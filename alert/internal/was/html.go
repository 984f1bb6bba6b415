package was

import (
	_ "embed"
	"errors"
	"html/template"
	"io"
	"strings"
	texttemplate "text/template"
)

//go:embed words/body.html.tmpl
var defaultHTML string

// readHTML reads the template of the HTML part. html/template checks what surrounds
// each value only when it is first executed: that is done here, so that a fault of
// the template is found with the others and not when somebody is to be woken.
func readHTML(text string, funcs texttemplate.FuncMap) (*template.Template, error) {
	h, err := template.New("html").Funcs(funcs).Parse(text)
	if err != nil {
		return nil, templateFault("read html template", err)
	}
	// Over an empty scene any other error says nothing of the template.
	if unsafe, bad := errors.AsType[*template.Error](h.Execute(io.Discard, Scene{})); bad {
		return nil, templateFault("read html template", unsafe)
	}
	return h, nil
}

// writeHTML makes the HTML part of a notice. A template that fails at this point, or
// writes nothing but blanks, makes none: the text says it all.
func (w *Words) writeHTML(sc Scene) string {
	var b strings.Builder
	if err := execute(w.html, &b, sc); err != nil {
		return ""
	}
	if strings.TrimSpace(b.String()) == "" {
		return ""
	}
	return plainText(b.String())
}
