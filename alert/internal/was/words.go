package was

import (
	"cmp"
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"
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

// Templates are the texts of Words: Subject and Body for text/template, HTML for
// html/template, all over Scene. An empty HTML makes no HTML part.
type Templates struct{ Subject, Body, HTML string }

// Words turn a Scene into a subject, a body and the same body in HTML. Each template
// is read when it is first needed: half a start went into those nobody needed.
type Words struct {
	subjects [MaxNamed + 1]func() (*template.Template, error) // by how many servers they name
	body     func() (*template.Template, error)
	html     func() (*htmltemplate.Template, error)
	wanted   func(Scene) bool // nil: all is written
}

// DefaultWords returns the words in the folder words, with times of that zone. They
// are not tried: they are tested.
func DefaultWords(zone *time.Location) *Words {
	return unread(Templates{Subject: defaultSubject, Body: defaultBody, HTML: defaultHTML}, zone)
}

// CustomWords reads templates as NewWords does; an empty one stands for the one in the
// folder words. But beside a body of one's own there is no HTML unless it is given
// too: most readers show only that, and would not see the body.
func CustomWords(t Templates, zone *time.Location) (*Words, error) {
	if t == (Templates{}) {
		return DefaultWords(zone), nil
	}
	if t.Body == "" {
		t.HTML = cmp.Or(t.HTML, defaultHTML)
	}
	t.Subject, t.Body = cmp.Or(t.Subject, defaultSubject), cmp.Or(t.Body, defaultBody)
	return NewWords(t, zone)
}

// NewWords reads templates; zone is that of the times they show. The error tells which
// of them is wrong and where.
func NewWords(t Templates, zone *time.Location) (*Words, error) {
	w := unread(t, zone)
	if err := w.try(); err != nil {
		return nil, err
	}
	return w, nil
}

// Subjects returns words that write subjects alone, and those of the wanted scenes
// only: nine tenths of a long fold are words, and some read but a few of them.
func (w *Words) Subjects(wanted func(Scene) bool) *Words {
	return &Words{subjects: w.subjects, wanted: wanted}
}

func wordFuncs(zone *time.Location, most int) template.FuncMap {
	return template.FuncMap{
		"duration": Duration,
		"join":     strings.Join,
		"named":    func(notes []ServerNote, all int) string { return named(notes, all, most, true) },
		"keys":     func(notes []ServerNote, all int) string { return named(notes, all, most, false) },
		"rest":     func(all, listed int) int { return all - listed },
		"clock":    func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") },
	}
}

// write makes the words of a notice. A template that fails at this point says so
// in the body and lends its place to the scene's bare facts: a notice always goes
// out.
func (w *Words) write(sc Scene) (subject, body, html string) {
	if w.wanted != nil {
		if w.wanted(sc) {
			subject = w.writeSubject(sc)
		}
		return subject, "", ""
	}
	var bb strings.Builder
	if err := execute(w.body, &bb, sc); err != nil {
		bb.Reset()
		fmt.Fprintf(&bb, "%s: %s\n\n(%v)\n", sc.Key(), sc.What, err)
		for _, l := range sc.Lines {
			fmt.Fprintln(&bb, l.Text)
		}
	}
	return w.writeSubject(sc), plainText(bb.String()), w.writeHTML(sc)
}

// writeSubject names as many servers as fit.
func (w *Words) writeSubject(sc Scene) string {
	var subject string
	sc.Servers = shortKeys(sc.Servers, sc.Proxy)
	for n := MaxNamed; n >= 0; n-- {
		var b strings.Builder
		if err := execute(w.subjects[n], &b, sc); err != nil {
			return oneLine(fmt.Sprintf("[%s] %s: %s", sc.Mark, sc.Key(), sc.What), MaxSubject)
		}
		subject = b.String()
		if utf8.RuneCountInString(subject) <= GoodSubject || len(sc.Servers) == 0 {
			break
		}
	}
	return oneLine(subject, MaxSubject)
}

// shortKeys leaves out the proxy where the subject names it already.
func shortKeys(notes []ServerNote, proxy string) []ServerNote {
	notes = slices.Clone(notes)
	for k := range notes {
		notes[k].Key = strings.TrimPrefix(notes[k].Key, proxy+"/")
	}
	return notes
}

// oneLine makes a subject: runs of blanks and control characters become one
// blank, and what is longer than most runes is cut.
func oneLine(s string, most int) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	runes := []rune(strings.Join(words, " "))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}

// plainText keeps line ends and shows other control characters as "·", so that
// no escape sequence reaches a terminal or a mail reader.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) && r != '\t' {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// Duration writes how long something lasted in the two largest units: "42s",
// "3m 5s", "2h 4m", "3d 4h".
func Duration(d time.Duration) string {
	d = max(d, 0).Truncate(time.Second)
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for k, u := range units {
		if d < u.size || u.name == "s" {
			continue
		}
		out := fmt.Sprintf("%d%s", d/u.size, u.name)
		if rest := d % u.size / units[k+1].size; rest > 0 {
			out += fmt.Sprintf(" %d%s", rest, units[k+1].name)
		}
		return out
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// named lists the first servers, with their reasons if wanted, at most so many; all is
// how many there are when the list is cut short. It is empty when none may be named.
func named(notes []ServerNote, all, most int, reasons bool) string {
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
