package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/template"
	"haproxy-alert/parse"
)

// What a peer or a checked server writes cannot break a subject or drive a
// terminal, and a template that fails still tells.
func TestWordsAreSafe(t *testing.T) {
	p := policy()
	hostile := "Server be/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: \"x<0D><0A>Bcc: a@b<1B>[31m<00>\", check duration: 1ms" + left
	f := observed(t, start, "lb1", "1", hostile)
	f.Text += "\x1b[2J\r\nfaked"
	const notAlways = "{{(index .Along 0).Key}}" // there is not always one
	for name, words := range map[string]*template.Renderer{
		"default": template.Default(time.UTC),
		"failing": must(template.New(template.Texts{Subject: notAlways, Body: notAlways, HTML: notAlways}, time.UTC)),
		"hostile": must(template.New(template.Texts{Subject: "a\r\nb\x00{{.Event.Info}}", Body: "{{.Event.Info}}", HTML: "<p>\x1b{{.Event.Info}}"}, time.UTC)),
	} {
		notices, _ := toldIn(words, p, []alert.Fact{f})
		n := notices[0]
		if strings.ContainsAny(n.Subject, "\r\n\x00\x1b") || n.Subject == "" {
			t.Errorf("%s: subject %q", name, n.Subject)
		}
		if strings.ContainsAny(n.Body, "\r\x00\x1b") || n.Body == "" {
			t.Errorf("%s: body %q", name, n.Body)
		}
		if name == "failing" && !strings.Contains(n.Body, "be/s1") {
			t.Errorf("failing template tells nothing: %q", n.Body)
		}
	}
}

func TestSubjectIsCut(t *testing.T) {
	name := strings.Repeat("s", 600)
	f := observed(t, start, "lb1", "1", "Server be/"+name+" is DOWN, reason: Layer4 timeout, check duration: 1ms"+left)
	notices, _ := told(policy(), []alert.Fact{f})
	if n := len([]rune(notices[0].Subject)); n != template.MaxSubject {
		t.Errorf("subject has %d runes, want %d", n, template.MaxSubject)
	}
}

// What is more than may wait is told in one notice, behind the first.
func TestBoundOfQueue(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	for k := range alert.MaxQueue + 10 {
		text := fmt.Sprintf("Server be/s%d is DOWN, reason: Layer4 timeout, check duration: 1ms%s", k, left)
		s.Apply(observed(t, start.Add(time.Duration(k)*time.Millisecond), "lb1", "1", text))
	}
	s.Apply(observed(t, start.Add(time.Hour), "lb1", "1", "Server be/x is DOWN, reason: Layer4 timeout, check duration: 1ms"+left))
	if st := s.Channels(s.Clock())[0]; st.Waiting != alert.MaxQueue+10 || st.Folded != 11 {
		t.Errorf("%d notices wait, %d of them folded, want %d and 11", st.Waiting, st.Folded, alert.MaxQueue+10)
	}
	if d := s.Due(start.Add(time.Hour), nil).Send[0]; !strings.Contains(d.Notice.Subject, "be/s0:") {
		t.Errorf("the first notice was dropped: next is %q", d.Notice.Subject)
	}
	s.Apply(alert.Fact{Kind: alert.Delivered, Time: s.Clock(), Channel: "ops", Notice: s.Due(s.Clock(), nil).Send[0].Notice.ID})
	d := s.Due(s.Clock(), nil).Send[0]
	if want := "[DOWN] be/s1: Layer4 timeout, 1 of 3 left (lb1), and 10 notices more"; d.Notice.Subject != want {
		t.Errorf("the next is %q, want %q", d.Notice.Subject, want)
	}
}

// An end that waited while its beginning was folded goes on with what tells of that.
func TestEndGoesOnWithWhatFoldedItsBeginning(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	for k := range alert.MaxQueue + 10 {
		text := fmt.Sprintf("Server be/s%d is DOWN, reason: Layer4 timeout, check duration: 1ms%s", k, left)
		if k == alert.MaxQueue/2 {
			text = "Server be/s1 is UP, reason: Layer4 check passed, check duration: 1ms. 9 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
		}
		s.Apply(observed(t, start.Add(time.Duration(k)*time.Millisecond), "lb1", "1", text))
	}
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(30 * time.Second)})
	digest := ""
	for plan := s.Due(s.Clock(), nil); len(plan.Send) > 0; plan = s.Due(s.Clock(), nil) {
		n := plan.Send[0].Notice
		if n.Kind == alert.Digest {
			digest = n.ID
		}
		if n.Kind == alert.Recovery {
			if n.First != digest || digest == "" {
				t.Errorf("%q goes on with %s, want the digest %s", n.Subject, n.First, digest)
			}
			return
		}
		s.Apply(alert.Fact{Kind: alert.Delivered, Time: s.Clock(), Channel: "ops", Notice: n.ID})
	}
	t.Error("no end was told")
}

func TestBoundOfObservers(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	for k := range alert.MaxObservers + 5 {
		s.Apply(observed(t, start, fmt.Sprint("lb", k), "1", "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms"+left))
	}
	if s.Overflow["load balancers of a server"] != 5 {
		t.Errorf("overflow is %v, want 5", s.Overflow)
	}
}

func TestLinesOfIncidentAreBounded(t *testing.T) {
	var facts []alert.Fact
	for k := range 100 {
		facts = append(facts, observed(t, start.Add(time.Duration(k)*time.Millisecond), "lb1", "1",
			"Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms"+left))
	}
	notices, _ := told(policy(), facts)
	if want := fmt.Sprintf("and %d more", 100-alert.MaxLines); !strings.Contains(notices[0].Body, want) {
		t.Errorf("body does not say %q:\n%s", want, notices[0].Body)
	}
}

// Memory does not grow with servers that came back.
func TestServersAreForgotten(t *testing.T) {
	s := engine.New(policy(), nil)
	at := start
	for k := range 1000 {
		for _, text := range []string{
			fmt.Sprintf("Server be/s%d is DOWN, reason: Layer4 timeout, check duration: 1ms%s", k, left),
			fmt.Sprintf("Server be/s%d is UP, reason: Layer4 check passed, check duration: 1ms%s", k, online),
		} {
			at = at.Add(time.Minute)
			s.Apply(observed(t, at, "lb1", "1", text))
		}
	}
	s.Apply(alert.Fact{Kind: alert.Operator, Time: at.Add(time.Hour)})
	if len(s.Health.Servers)+len(s.Incidents.Servers)+len(s.Incidents.Proxies)+len(s.Incidents.Records)+len(s.Groups.Pending)+len(s.Groups.Conversations) > 0 {
		t.Error("servers that came back are still kept")
	}
	if image := checkpoint(t, s); len(image) > 100_000 { // the ledger of the last 30 days
		t.Errorf("after 1000 outages that ended the state has %d bytes: %s", len(image), image)
	}
}

// A checkpoint of another version is refused, not misread.
func TestRestoreRefuses(t *testing.T) {
	for _, image := range []string{"", "{", `{"Version":99}`, `{}`} {
		if _, err := engine.Restore(policy(), nil, []byte(image)); err == nil || !strings.HasPrefix(err.Error(), "restore state: ") {
			t.Errorf("%q: %v", image, err)
		}
	}
}

// A state dump is an observation: it opens and closes nothing.
func TestStateDumpChangesNothing(t *testing.T) {
	f := observed(t, start, "lb1", "1", "SIGHUP: Server be/s1 is DOWN. Conn: 0 act, 0 pend, 1 tot.")
	if f.Event.Kind != parse.StateDump {
		t.Fatalf("kind is %v", f.Event.Kind)
	}
	if notices, open := told(policy(), []alert.Fact{f}); len(notices)+len(open) > 0 {
		t.Errorf("%d notices, %d open incidents", len(notices), len(open))
	}
}

func must(w *template.Renderer, err error) *template.Renderer {
	if err != nil {
		panic(err)
	}
	return w
}
