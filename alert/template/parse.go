package template

import (
	htmltemplate "html/template"
	"io"
	"sync"
	texttemplate "text/template"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// unread is a renderer whose templates are still to be read.
func unread(t Texts, zone *time.Location) *Renderer {
	r := &Renderer{}
	for n := range r.subjects {
		r.subjects[n] = readText("subject", t.Subject, wordFuncs(zone, n))
	}
	funcs := wordFuncs(zone, MaxNamed)
	r.body = readText("body", t.Body, funcs)
	r.html = sync.OnceValues(func() (*htmltemplate.Template, error) { return readHTML(t.HTML, funcs) })
	return r
}

// readText reads a template once it is asked for.
func readText(name, text string, funcs texttemplate.FuncMap) func() (*texttemplate.Template, error) {
	return sync.OnceValues(func() (*texttemplate.Template, error) {
		t, err := texttemplate.New(name).Funcs(funcs).Parse(text)
		if err != nil {
			return nil, fault("read "+name+" template", err)
		}
		return t, nil
	})
}

// executor is a template of either package.
type executor interface {
	Execute(w io.Writer, data any) error
}

// execute writes what the template makes of data.
func execute[T executor](read func() (T, error), w io.Writer, d Data) error {
	t, err := read()
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}

// try writes a notice that has something of everything: a field that does not exist is
// found now, not when somebody is to be woken.
func (r *Renderer) try() error {
	for _, read := range r.subjects {
		if err := try("subject", read); err != nil {
			return err
		}
	}
	if err := try("body", r.body); err != nil {
		return err
	}
	return try("html", r.html)
}

func try[T executor](name string, read func() (T, error)) error {
	t, err := read()
	if err != nil {
		return err
	}
	if err := t.Execute(io.Discard, sample()); err != nil {
		return fault("try "+name+" template", err)
	}
	return nil
}

func sample() Data {
	at := time.Date(2026, 11, 5, 10, 20, 30, 0, time.UTC)
	note := alert.ServerNote{Key: "be/s2", State: "down", Reason: "Layer4 timeout"}
	return Data{
		Notice: alert.Notice{
			ID: "0", Kind: alert.Problem, Severity: alert.Alert, Incident: "0", First: "0", Proxy: "be", Server: "s1", Time: at,
			Opened: at, Closed: at, Subject: "s", Body: "b", HTML: "h", Observers: []string{"lb1"},
			Parts: []alert.Part{{Incident: "0", Key: "be/s1", Proxy: "be", Server: "s1", Lines: []string{"l"}}},
		},
		Mark: "DOWN", What: "Layer4 timeout", Left: "1 of 2 left", After: " after 42s", Lasted: time.Minute, Failed: 1,
		Event:   parse.Event{Kind: parse.ServerDown, Proxy: "be", Server: "s1", Reason: "Layer4 timeout"},
		Servers: []alert.ServerNote{note}, Along: []alert.ServerNote{note}, Availability: "99 % of 24 h", Notes: []string{"n"},
		Lines: []alert.Line{{Time: at, From: "lb1", Tag: "haproxy", PID: 1, Text: "l"}},
	}
}
