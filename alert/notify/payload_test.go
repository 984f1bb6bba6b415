package notify

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// fullNotice has something to say in every field.
func fullNotice() alert.Notice {
	n := notifytest.Problem()
	n.HTML, n.Closed, n.Unparted = "<p>so</p>", n.Time.Add(time.Minute), 1
	n.Parts[0].Closed, n.Parts[0].Ended = n.Closed, "up"
	n.Parts[0].Lines = []string{"Server be_shop/web1 is DOWN.", "Server be_shop/web1 is \x1b[2JUP."}
	return n
}

// docs/notice.md names every field of a notice and of its parts, and none that is not there.
func TestNoticeIsAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/notice.md")
	if err != nil {
		t.Fatal(err)
	}
	p := PayloadOf(notifytest.Dispatch(fullNotice()))
	p.TemplateError = "so"
	text, err := ToJSON(p)
	if err != nil {
		t.Fatal(err)
	}
	var notice map[string]json.RawMessage
	var parts []map[string]json.RawMessage
	if err := json.Unmarshal(text, &notice); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(notice["parts"], &parts); err != nil || len(parts) != 1 {
		t.Fatal(err, parts)
	}
	table, _, _ := strings.Cut(string(doc), "In a template")
	rows := regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllString(table, -1)
	sameNames(t, "notice", notice, regexp.MustCompile("[a-z_]+").FindAllString(strings.Join(rows, " "), -1))
	of := regexp.MustCompile("of each incident: `([a-z_ ]+)`").FindStringSubmatch(table)
	if of == nil {
		t.Fatal("no row tells of the parts")
	}
	sameNames(t, "part", parts[0], strings.Fields(of[1]))
}

func sameNames(t *testing.T, what string, has map[string]json.RawMessage, documented []string) {
	t.Helper()
	for name := range has {
		if !slices.Contains(documented, name) {
			t.Errorf("%s: %s is not documented", what, name)
		}
	}
	for _, name := range documented {
		if _, ok := has[name]; !ok {
			t.Errorf("%s: %s is documented and not there", what, name)
		}
	}
}

// The lines of a log reach programs printable, and never without bound.
func TestNoticeHasItsLines(t *testing.T) {
	n := fullNotice()
	got := PayloadOf(notifytest.Dispatch(n)).Parts[0]
	if want := []string{"Server be_shop/web1 is DOWN.", "Server be_shop/web1 is [2JUP."}; !slices.Equal(got.Lines, want) || got.Ended != "up" {
		t.Errorf("lines %q, want %q; ended %q, want up", got.Lines, want, got.Ended)
	}
	n.Parts[0].Lines = slices.Repeat([]string{strings.Repeat("x", 2*maxLogLine)}, alert.MaxLines)
	n.Parts = slices.Repeat(n.Parts, 100)
	total := 0
	for _, p := range PayloadOf(notifytest.Dispatch(n)).Parts {
		for _, l := range p.Lines {
			total += len(l)
		}
	}
	if total > maxLogLines || total < maxLogLines-2*maxLogLine {
		t.Errorf("%d octets of lines, want just under %d", total, maxLogLines)
	}
}

// A digest of very many stays below what servers take, and says how many more there are.
func TestPayloadIsBounded(t *testing.T) {
	n := notifytest.Problem()
	part := n.Parts[0]
	part.Lines = []string{strings.Repeat("a line ", 50)}
	n.Parts, n.Unparted = nil, 7
	for range alert.MaxParts {
		n.Parts = append(n.Parts, part)
	}
	text, err := ToJSON(PayloadOf(notifytest.Dispatch(n)))
	if err != nil || len(text) > 1<<20 {
		t.Errorf("%d octets, %v", len(text), err)
	}
	if p := PayloadOf(notifytest.Dispatch(n)); len(p.Parts)+p.Unparted != alert.MaxParts+7 {
		t.Errorf("%d parts and %d more, want %d in all", len(p.Parts), p.Unparted, alert.MaxParts+7)
	}
}
