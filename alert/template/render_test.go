package template_test

import (
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert/template"
)

// A field that does not exist is a fault of the template, found before anybody is woken.
func TestWordsAreTried(t *testing.T) {
	for _, bad := range []template.Texts{{Subject: "{{.Nope}}"}, {Body: "{{.Event.Nope}}"}, {HTML: "{{range .Lines}}{{.Nope}}{{end}}"}} {
		if _, err := template.Custom(bad, time.UTC); err == nil || !strings.Contains(err.Error(), "Nope") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// What html/template finds only when it executes is found at load.
func TestFaultsOfWordsInHTML(t *testing.T) {
	for _, bad := range []string{"{{.What", "{{nothing}}", `<a href="{{if .Digest}}x"{{end}}>`, "<p {{.What}", `{{template "gone"}}`} {
		if _, err := template.New(template.Texts{HTML: bad}, time.UTC); err == nil || !strings.HasPrefix(err.Error(), "read html template: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
