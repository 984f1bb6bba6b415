package was

import (
	htmltemplate "html/template"
	"io"
	"sync"
	"text/template"
	"time"

	"haproxy-alert/parse"
)

// unread are words whose templates are still to be read.
func unread(t Templates, zone *time.Location) *Words {
	w := &Words{}
	for n := range w.subjects {
		w.subjects[n] = readText("subject", t.Subject, wordFuncs(zone, n))
	}
	funcs := wordFuncs(zone, MaxNamed)
	w.body = readText("body", t.Body, funcs)
	w.html = sync.OnceValues(func() (*htmltemplate.Template, error) { return readHTML(t.HTML, funcs) })
	return w
}

// readText reads a template once it is asked for.
func readText(name, text string, funcs template.FuncMap) func() (*template.Template, error) {
	return sync.OnceValues(func() (*template.Template, error) {
		t, err := template.New(name).Funcs(funcs).Parse(text)
		if err != nil {
			return nil, templateFault("read "+name+" template", err)
		}
		return t, nil
	})
}

// executor is a template of either package.
type executor interface {
	Execute(w io.Writer, data any) error
}

// execute writes what the template makes of a scene.
func execute[T executor](read func() (T, error), w io.Writer, sc Scene) error {
	t, err := read()
	if err != nil {
		return err
	}
	return t.Execute(w, sc)
}

// try writes a notice that has something of everything: a field that does not exist is
// found now, not when somebody is to be woken.
func (w *Words) try() error {
	for _, read := range w.subjects {
		if err := try("subject", read); err != nil {
			return err
		}
	}
	if err := try("body", w.body); err != nil {
		return err
	}
	return try("html", w.html)
}

func try[T executor](name string, read func() (T, error)) error {
	t, err := read()
	if err != nil {
		return err
	}
	if err := t.Execute(io.Discard, sample()); err != nil {
		return templateFault("try "+name+" template", err)
	}
	return nil
}

func sample() Scene {
	at := time.Date(2026, 11, 5, 10, 20, 30, 0, time.UTC)
	note := ServerNote{Key: "be/s2", State: down.word(), Reason: "Layer4 timeout"}
	return Scene{
		Notice: Notice{
			ID: "0", Kind: Problem, Severity: Alert, Incident: "0", First: "0", Proxy: "be", Server: "s1", Time: at,
			Opened: at, Closed: at, Subject: "s", Body: "b", HTML: "h", Observers: []string{"lb1"},
			Parts: []Part{{Incident: "0", Key: "be/s1", Proxy: "be", Server: "s1", Lines: []string{"l"}}},
		},
		Mark: "DOWN", What: "Layer4 timeout", Left: "1 of 2 left", After: " after 42s", Lasted: time.Minute, Failed: 1,
		Event:   parse.Event{Kind: parse.ServerDown, Proxy: "be", Server: "s1", Reason: "Layer4 timeout"},
		Servers: []ServerNote{note}, Along: []ServerNote{note}, Availability: "99 % of 24 h", Notes: []string{"n"},
		Lines: []Line{{Time: at, From: "lb1", Tag: "haproxy", PID: 1, Text: "l"}},
	}
}
