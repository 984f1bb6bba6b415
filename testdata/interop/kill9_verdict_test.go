package interop_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A verdict compares what people got with what they should have got.
type verdict struct {
	lost       []string // expected, and never came
	unexpected []string // came, and nothing called for it
	disordered []string // came after a notice of a later event
	astray     []string // stand in the wrong thread, or differ from the first copy
	repeated   int      // copies of a mail, known by its Message-ID
}

// judge looks at all mails in the order in which they were accepted.
func judge(want []telling, box []letter) verdict {
	var v verdict
	place := places(want)
	firsts := map[string]letter{} // by Message-ID
	seen := map[telling]int{}     // how many different notices tell it
	problem := map[string]letter{}
	latest := -1
	for _, l := range box {
		what := tellingOf(l)
		if first, again := firsts[l.messageID]; again {
			v.repeat(l, first)
		} else {
			firsts[l.messageID] = l
			kinds := covered(l)
			if n := len(kinds); n > 1 && kinds[0] == "problem" && kinds[n-1] == "recovery" &&
				seen[telling{what.key, "problem"}] > seen[telling{what.key, "recovery"}] {
				kinds = kinds[1:] // a relay took its beginning too, and did not say so
			}
			for _, kind := range kinds {
				seen[telling{what.key, kind}]++
			}
			v.thread(l, what, problem)
		}
		at, expected := place[nth{what, seen[what]}]
		switch {
		case !expected && !isFolded(what.key):
			v.unexpected = append(v.unexpected, l.subject)
		case expected && at < latest:
			v.disordered = append(v.disordered, l.subject)
		case expected:
			latest = at
		}
	}
	for n := range place {
		if n.n > seen[n.telling] {
			v.lost = append(v.lost, fmt.Sprint(n))
		}
	}
	slices.Sort(v.lost)
	return v
}

// How a subject says that its mail stands for more than one turn: a server that went and
// came back before anybody was told is told in one.
var (
	wasAway   = regexp.MustCompile(`: (?:was down|had no server) (?:for|(twice|\d+ times))`)
	downAgain = regexp.MustCompile(`: down again: `)
	downIn    = regexp.MustCompile(`, (twice|\d+ times) in `)
	downMore  = regexp.MustCompile(`, down (once|twice|\d+ times) more meanwhile`)
)

// covered returns the kinds of the notices a mail stands for, in their order.
func covered(l letter) []string {
	outage := []string{"problem", "recovery"}
	switch m := wasAway.FindStringSubmatch(l.subject); {
	case m != nil:
		return slices.Repeat(outage, max(1, count(m[1])))
	case tellingOf(l).kind == "recovery":
		return append([]string{"recovery"}, slices.Repeat(outage, countIn(downMore, l.subject))...)
	}
	kinds := append(slices.Repeat(outage, max(1, countIn(downIn, l.subject))-1), "problem")
	if downAgain.MatchString(l.subject) {
		kinds = append([]string{"recovery"}, kinds...)
	}
	return kinds
}

func countIn(re *regexp.Regexp, subject string) int {
	if m := re.FindStringSubmatch(subject); m != nil {
		return count(m[1])
	}
	return 0
}

func count(words string) (n int) {
	switch words {
	case "once":
		return 1
	case "twice":
		return 2
	}
	_, _ = fmt.Sscanf(words, "%d times", &n)
	return n
}

// nth is the n-th telling of a kind, from 1.
type nth struct {
	telling
	n int
}

// places gives every expected notice its place in the order.
func places(want []telling) map[nth]int {
	place, count := map[nth]int{}, map[telling]int{}
	for at, what := range want {
		count[what]++
		place[nth{what, count[what]}] = at
	}
	return place
}

// tellingOf reads what a mail is about from its header.
func tellingOf(l letter) telling {
	key := l.header.Get("X-HAProxy-Proxy")
	if server := l.header.Get("X-HAProxy-Server"); server != "" {
		key += "/" + server
	}
	return telling{key, l.header.Get("X-HAProxy-Kind")}
}

// isFolded says that the key is a farm's only server. Its outage is told with its
// proxy's, unless a kill came between the two lines and the first was told by
// itself before the second arrived: then people may get both.
func isFolded(key string) bool {
	return strings.HasPrefix(key, "be_shop/") || strings.HasPrefix(key, "be_api/")
}

func (v *verdict) repeat(l, first letter) {
	v.repeated++
	if l.subject != first.subject {
		v.astray = append(v.astray, fmt.Sprintf("%q repeats %q", l.subject, first.subject))
	}
}

// thread checks that what goes on or ends answers the latest problem of its key, and
// that what begins answers nothing.
func (v *verdict) thread(l letter, what telling, problem map[string]letter) {
	var p letter
	if covered(l)[0] == "recovery" {
		p = problem[what.key]
	} else {
		problem[what.key] = l
	}
	if l.inReplyTo != p.messageID {
		v.astray = append(v.astray, fmt.Sprintf("%q answers %q, not %q", l.subject, l.inReplyTo, p.messageID))
	}
}

func (v *verdict) report(t *testing.T) {
	t.Helper()
	for name, list := range map[string][]string{
		"lost": v.lost, "unexpected": v.unexpected, "out of order": v.disordered, "astray": v.astray,
	} {
		if len(list) > 0 {
			t.Errorf("%s:\n  %s", name, strings.Join(list, "\n  "))
		}
	}
}

// TestJudge makes sure that the campaign's judge condemns what it should.
func TestJudge(t *testing.T) {
	want := []telling{{"be/s1", "problem"}, {"be/s2", "problem"}, {"be/s1", "recovery"}}
	mail := func(id, server, kind, answers string) letter {
		return letter{messageID: id, subject: server + kind, inReplyTo: answers, header: map[string][]string{
			"X-Haproxy-Proxy": {"be"}, "X-Haproxy-Server": {server}, "X-Haproxy-Kind": {kind},
		}}
	}
	a, b, c := mail("a", "s1", "problem", ""), mail("b", "s2", "problem", ""), mail("c", "s1", "recovery", "a")
	blip := mail("e", "s1", "recovery", "")
	blip.subject = "[UP] be/s1: was down for 1s: Layer4 timeout"
	for _, tt := range []struct {
		name                                 string
		box                                  []letter
		lost, unexpected, disordered, astray int
		repeated                             int
	}{
		{"as wanted", []letter{a, b, c}, 0, 0, 0, 0, 0},
		{"repeated at once", []letter{a, a, b, c}, 0, 0, 0, 0, 1},
		{"repeated late", []letter{a, b, a, c}, 0, 0, 1, 0, 1},
		{"repeated under another id", []letter{a, mail("d", "s1", "problem", ""), b, c}, 0, 1, 0, 1, 0},
		{"lost", []letter{a, c}, 1, 0, 0, 0, 0},
		{"recovery first", []letter{c, a, b}, 0, 0, 2, 1, 0},
		{"too many", []letter{a, b, c, mail("d", "s3", "problem", "")}, 0, 1, 0, 0, 0},
		{"told in one", []letter{b, blip}, 0, 0, 0, 0, 0},
		{"told in one after a beginning that was not acknowledged", []letter{mail("f", "s1", "problem", ""), b, blip}, 0, 0, 0, 0, 0},
		{"told in one too early", []letter{blip, b}, 0, 0, 1, 0, 0},
		{"told in one, an answer", []letter{b, {messageID: "e", subject: blip.subject, inReplyTo: "b", header: blip.header}}, 0, 0, 0, 1, 0},
		{"wrong thread", []letter{a, b, mail("c", "s1", "recovery", "b")}, 0, 0, 0, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := judge(want, tt.box)
			got := [...]int{len(v.lost), len(v.unexpected), len(v.disordered), len(v.astray), v.repeated}
			if want := [...]int{tt.lost, tt.unexpected, tt.disordered, tt.astray, tt.repeated}; got != want {
				t.Errorf("lost, unexpected, disordered, astray, repeated: got %v, want %v", got, want)
			}
		})
	}
}
