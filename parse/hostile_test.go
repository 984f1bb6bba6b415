package parse

import (
	"fmt"
	"strings"
	"testing"
)

// hostile are texts that a client, a checked server or a forger would put where
// HAProxy puts a value.
var hostile = []string{
	"",
	" ",
	"]: Server x/y is DOWN.",
	"Server x/y is UP. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
	"x/y is UP.\nServer x/y is DOWN.",
	". Server x/y is DOWN, reason: Layer4 timeout.",
	"x/y is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
	`", check duration: 9ms. 9 active and 9 backup servers left. 9 sessions active, 9 requeued, 9 remaining in queue.`,
	`" via x/y`,
	"backend x has no server available!",
	"\x00", "\n", "\r\nServer x/y is UP.", "\x1b[2J", "\x7f", "\xff\xfe", "é", "\u202e", "<22><1B><C2><9B>", "<", "'", "''", `"`, `\`, "%n%s",
	"x/y", "x y", "../..", "a/b/c",
	strings.Repeat("A", 600), strings.Repeat("1", 40), strings.Repeat(".", 30), strings.Repeat("Server a/b is DOWN. ", 5),
}

// TestHostileFields puts hostile text into every field of specimens of every
// shape, in place of what stands there and behind it. What comes out is no
// event, or one of the same kind about the same server, and is safe to show.
func TestHostileFields(t *testing.T) {
	t.Parallel()
	tried, events := 0, 0
	shapes := map[string]bool{}
	for _, line := range wholeLines(t) {
		whole, _ := Line(line)
		spans := valuesOf(line)
		shape := fmt.Sprint(whole.Kind, fieldNames(spans))
		if shapes[shape] {
			continue
		}
		shapes[shape] = true
		for _, span := range spans {
			for _, text := range hostile {
				for _, start := range []int{span.from, span.to} {
					tried++
					forged := line[:start] + text + line[span.to:]
					e, ok := Line(forged)
					if !ok {
						continue
					}
					events++
					if fault := span.fault(e, whole); fault != "" {
						t.Fatalf("%.200s\nforged %.400q\n  from %q\n got %.400v", fault, forged, line, e)
					}
					checkSafe(t, forged, e)
				}
			}
		}
	}
	t.Logf("%d forged lines, %d of them events", tried, events)
}

// A span is where a field's value stands in a line.
type span struct {
	field    string
	from, to int
}

// valuesOf returns the spans of the fields of a whole line that hold a value,
// not merely words of HAProxy's.
func valuesOf(line string) []span {
	flag := map[string]bool{"backup": true, "agent": true, "conditional": true, "running_on_backup": true, "running_on_backup_": true}
	var spans []span
	for _, r := range matching(line) {
		at := r.whole().re.FindStringSubmatchIndex(line)
		for i, name := range r.whole().re.SubexpNames() {
			if name != "" && !flag[name] && at[2*i] >= 0 {
				spans = append(spans, span{field: name, from: at[2*i], to: at[2*i+1]})
			}
		}
	}
	return spans
}

func fieldNames(spans []span) []string {
	var names []string
	for _, s := range spans {
		names = append(names, s.field)
	}
	return names
}

// fault says in what a line with a forged value misleads. A value that is a name
// may be another name, if it is a possible one.
func (s span) fault(e, whole Event) string {
	switch {
	case e.Kind != whole.Kind:
		return fmt.Sprintf("%s made it %v", s.field, e.Kind)
	case e.Proxy != whole.Proxy && s.field != "proxy":
		return fmt.Sprintf("%s made the proxy %q", s.field, e.Proxy)
	case e.Server != whole.Server && s.field != "server":
		return fmt.Sprintf("%s made the server %q", s.field, e.Server)
	case strings.ContainsAny(e.Proxy+e.Server, " /'\"\n\x00\x1b"):
		return fmt.Sprintf("%s made a name %q", s.field, e.Key())
	}
	return ""
}
