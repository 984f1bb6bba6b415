package alert

import (
	"cmp"
	_ "embed"
	"fmt"
	"strings"
	"text/template"
	"time"
	"unicode"
)

// MaxSubject is the most runes a subject has; a longer one is cut with "…".
const MaxSubject = 200

// MaxNamed is how many servers a subject names; the rest is counted.
const MaxNamed = 3

var (
	//go:embed words/subject.tmpl
	defaultSubject string
	//go:embed words/body.tmpl
	defaultBody string
)

// Words are the templates that turn a Scene into a subject and a body.
type Words struct{ subject, body *template.Template }

// DefaultWords returns the words in the folder words, with times of that zone.
func DefaultWords(zone *time.Location) *Words {
	w, err := NewWords(defaultSubject, defaultBody, zone)
	if err != nil {
		panic(err) // the embedded templates are tested
	}
	return w
}

// CustomWords reads templates as NewWords does; an empty one stands for the one in the
// folder words.
func CustomWords(subject, body string, zone *time.Location) (*Words, error) {
	return NewWords(cmp.Or(subject, defaultSubject), cmp.Or(body, defaultBody), zone)
}

// NewWords reads templates (text/template) over Scene; zone is that of the times
// they show. The error tells which of the two is wrong and where.
func NewWords(subject, body string, zone *time.Location) (*Words, error) {
	s, err := template.New("subject").Funcs(wordFuncs(zone)).Parse(subject)
	if err != nil {
		return nil, fmt.Errorf("read subject template: %w", err)
	}
	b, err := template.New("body").Funcs(wordFuncs(zone)).Parse(body)
	if err != nil {
		return nil, fmt.Errorf("read body template: %w", err)
	}
	return &Words{s, b}, nil
}

func wordFuncs(zone *time.Location) template.FuncMap {
	return template.FuncMap{
		"duration": Duration,
		"join":     strings.Join,
		"named":    named,
		"rest":     func(all, listed int) int { return all - listed },
		"clock":    func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04:05 MST") },
	}
}

// write makes the words of a notice. A template that fails at this point says so
// in the body and lends its place to the scene's bare facts: a notice always goes
// out.
func (w *Words) write(sc Scene) (subject, body string) {
	var sb, bb strings.Builder
	if err := w.subject.Execute(&sb, sc); err != nil {
		sb.Reset()
		fmt.Fprintf(&sb, "[%s] %s: %s", sc.Mark, sc.Key(), sc.What)
	}
	if err := w.body.Execute(&bb, sc); err != nil {
		bb.Reset()
		fmt.Fprintf(&bb, "%s: %s\n\n(%v)\n", sc.Key(), sc.What, err)
		for _, l := range sc.Lines {
			fmt.Fprintln(&bb, l.Text)
		}
	}
	return oneLine(sb.String(), MaxSubject), plainText(bb.String())
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

// count writes a number before a word: "1 active".
func count(n int, noun string) string { return fmt.Sprintf("%d %s", n, noun) }

// named lists the first servers with their reasons, for a subject; all is how many
// there are when the list is cut short.
func named(notes []ServerNote, all int) string {
	all = max(all, len(notes))
	var parts []string
	for k, n := range notes {
		if k == MaxNamed {
			parts = append(parts, fmt.Sprintf("and %d more", all-k))
			break
		}
		parts = append(parts, n.Key+" "+cmp.Or(n.Reason, n.State))
	}
	return strings.Join(parts, ", ")
}
