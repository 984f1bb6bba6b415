package mail

import (
	"fmt"
	"slices"
	"strings"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify"
)

// Style is how a Mailer writes.
type Style string

// The styles.
const (
	StyleWords   Style = ""        // a notice is one letter, in the words of the notice
	StyleClassic Style = "classic" // a log line is one letter, as HAProxy's own mailers had it
)

// UnmarshalText reads a style's name; any other text is an error.
func (s *Style) UnmarshalText(text []byte) error {
	if *s = Style(text); *s != StyleWords && *s != StyleClassic {
		return fmt.Errorf(`want "classic" or "", not %q`, text)
	}
	return nil
}

// classicMark begins each subject, as in HAProxy up to 3.2 (src/mailers.c).
const classicMark = "[HAProxy Alert] "

// maxClassicSubject is the longest subject of that style in runes: a whole log line, as
// HAProxy sent it.
const maxClassicSubject = 600

// letters returns the notices that a notice is mailed as: itself, or in the classic style
// one for each log line that it tells of. What no line says (reminders, digests of more
// than HAProxy mailed, flapping, tests) is a letter in words under the same mark.
//
// The lines are those that open and end an outage. HAProxy's own mailers also mailed each
// failed check, and nothing at all of maintenance and of backends without a server.
func (m *Mailer) letters(d alert.Dispatch) []alert.Dispatch {
	if m.Style != StyleClassic {
		return []alert.Dispatch{d}
	}
	var lines []string
	for _, p := range d.Notice.Parts {
		for _, line := range p.Lines {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		d.Notice.Subject = classicMark + d.Notice.Subject
		return []alert.Dispatch{d}
	}
	var letters []alert.Dispatch
	for k, line := range lines {
		letter := d
		n := &letter.Notice
		n.ID = classicID(d.Notice.ID, k)
		if n.First = classicID(d.Notice.First, 0); d.Notice.First == d.Notice.ID && k == 0 {
			n.First = n.ID
		}
		line = strings.TrimSuffix(line, ".")
		n.Subject, n.Body, n.HTML = classicMark+line, line+"\n", ""
		letters = append(letters, letter)
	}
	return letters
}

// classicID is the id of the letter for one line of a notice.
func classicID(notice string, line int) string { return fmt.Sprintf("%s-%d", notice, line+1) }

// doneMark tells the letters of one notice apart in Receipt.Done: nothing for the only
// one, "#2" for the second.
func doneMark(letters, k int) string {
	if letters == 1 {
		return ""
	}
	return fmt.Sprintf("#%d", k+1)
}

// subject returns the letter's subject.
func (m *Mailer) subject(n alert.Notice) string {
	if m.Style == StyleClassic {
		return notify.OneLine(n.Subject, maxClassicSubject)
	}
	return notify.Subject(n)
}
