package template

import (
	"cmp"
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode/utf8"

	"haproxy-alert/alert"
)

// MaxSubject is the most runes a subject has; a longer one is cut with "…".
const MaxSubject = 200

// A subject names MaxNamed servers at the most, and fewer when it would be longer than
// GoodSubject: phones show no more, and who sees it stands at its end. The rest is
// counted.
const (
	MaxNamed    = 3
	GoodSubject = 120
)

var (
	//go:embed words/subject.tmpl
	defaultSubject string
	//go:embed words/body.tmpl
	defaultBody string
)

// Texts are the texts of a Renderer: Subject and Body for text/template, HTML for
// html/template, all over Data. An empty HTML makes no HTML part.
type Texts struct{ Subject, Body, HTML string }

// Renderer turns Data into a subject, a body and the same body in HTML. Each template
// is read when it is first needed: half a start went into those nobody needed.
type Renderer struct {
	subjects [MaxNamed + 1]func() (*texttemplate.Template, error) // by how many servers they name
	body     func() (*texttemplate.Template, error)
	html     func() (*htmltemplate.Template, error)
	wanted   func(Data) bool // nil: all is written
}

// Default returns the words in the folder words, with times of that zone. They
// are not tried: they are tested.
func Default(zone *time.Location) *Renderer {
	return unread(Texts{Subject: defaultSubject, Body: defaultBody, HTML: defaultHTML}, zone)
}

// Custom reads templates as New does; an empty one stands for the one in the
// folder words. But beside a body of one's own there is no HTML unless it is given
// too: most readers show only that, and would not see the body.
func Custom(t Texts, zone *time.Location) (*Renderer, error) {
	if t == (Texts{}) {
		return Default(zone), nil
	}
	if t.Body == "" {
		t.HTML = cmp.Or(t.HTML, defaultHTML)
	}
	t.Subject, t.Body = cmp.Or(t.Subject, defaultSubject), cmp.Or(t.Body, defaultBody)
	return New(t, zone)
}

// New reads templates; zone is that of the times they show. The error tells which
// of them is wrong and where.
func New(t Texts, zone *time.Location) (*Renderer, error) {
	r := unread(t, zone)
	if err := r.try(); err != nil {
		return nil, err
	}
	return r, nil
}

// SubjectsOnly returns a renderer that write subjects alone, and those of the wanted scenes
// only: nine tenths of a long fold are words, and some read but a few of them.
func (r *Renderer) SubjectsOnly(wanted func(Data) bool) *Renderer {
	return &Renderer{subjects: r.subjects, wanted: wanted}
}

func wordFuncs(zone *time.Location, most int) texttemplate.FuncMap {
	return texttemplate.FuncMap{
		"duration": alert.Duration,
		"join":     strings.Join,
		"named":    func(notes []alert.ServerNote, all int) string { return Named(notes, all, most, true) },
		"keys":     func(notes []alert.ServerNote, all int) string { return Named(notes, all, most, false) },
		"rest":     func(all, listed int) int { return all - listed },
		"clock":    func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") },
	}
}

// Render makes the words of a notice. A template that fails at this point says so
// in the body and lends its place to the scene's bare facts: a notice always goes
// out.
func (r *Renderer) Render(d Data) (subject, body, html string) {
	if r.wanted != nil {
		if r.wanted(d) {
			subject = r.Subject(d)
		}
		return subject, "", ""
	}
	var bb strings.Builder
	if err := execute(r.body, &bb, d); err != nil {
		bb.Reset()
		fmt.Fprintf(&bb, "%s: %s\n\n(%v)\n", d.Key(), d.What, err)
		for _, l := range d.Lines {
			fmt.Fprintln(&bb, l.Text)
		}
	}
	return r.Subject(d), alert.PlainText(bb.String()), r.renderHTML(d)
}

// Subject writes the subject alone. It names as many servers as fit.
func (r *Renderer) Subject(d Data) string {
	var subject string
	d.Servers = shortKeys(d.Servers, d.Proxy)
	for n := MaxNamed; n >= 0; n-- {
		var b strings.Builder
		if err := execute(r.subjects[n], &b, d); err != nil {
			return alert.OneLine(fmt.Sprintf("[%s] %s: %s", d.Mark, d.Key(), d.What), MaxSubject)
		}
		subject = b.String()
		if utf8.RuneCountInString(subject) <= GoodSubject || len(d.Servers) == 0 {
			break
		}
	}
	return alert.OneLine(subject, MaxSubject)
}

// shortKeys leaves out the proxy where the subject names it already.
func shortKeys(notes []alert.ServerNote, proxy string) []alert.ServerNote {
	notes = slices.Clone(notes)
	for k := range notes {
		notes[k].Key = strings.TrimPrefix(notes[k].Key, proxy+"/")
	}
	return notes
}

// Named lists the first servers, with their reasons if wanted, at most so many; all is
// how many there are when the list is cut short. It is empty when none may be named.
func Named(notes []alert.ServerNote, all, most int, reasons bool) string {
	all = max(all, len(notes))
	var parts []string
	for _, n := range notes[:min(most, len(notes))] {
		part := n.Key
		if reasons {
			part += " " + cmp.Or(n.Reason, n.State)
		}
		parts = append(parts, part)
	}
	if more := all - len(parts); more > 0 && len(parts) > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}
