package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/template"
)

// fold applies facts a second apart, with a time for each.
func fold(s *engine.State, facts ...alert.Fact) {
	for k, f := range facts {
		f.Time = start.Add(time.Duration(k) * time.Second)
		f.At = f.Time
		s.Apply(f)
	}
}

func coming(s *engine.State) []string {
	var out []string
	for _, d := range s.Coming(func(key string) bool { return key == "be/s1" }) {
		out = append(out, fmt.Sprintf("%v %s %s: %s", d.Time.Sub(start), d.Rule, d.Key, d.Notice.Kind))
	}
	return out
}

func TestComing(t *testing.T) {
	for name, c := range map[string]struct {
		policy alert.Policy
		later  time.Duration // when to look
		want   []string
	}{
		"gathers": {policy: policy("ops"), want: []string{"2s group_wait be/s1: problem"}},
		"held down": {
			policy: alert.Policy{Timing: alert.Timing{HoldDown: time.Minute}, Channels: []alert.Channel{{Name: "ops"}}},
			want:   []string{"1m0s hold_down be/s1: problem"},
		},
		"reminder": {
			policy: alert.Policy{Timing: alert.Timing{Remind: time.Hour}, Channels: []alert.Channel{{Name: "ops"}}},
			later:  time.Minute, want: []string{"1h0m0s remind be/s1: reminder"},
		},
		"silenced": {
			policy: alert.Policy{
				Channels: []alert.Channel{{Name: "ops"}},
				Silences: []alert.Silence{{ID: "deploy", Until: start.Add(10 * time.Minute)}},
			},
			later: time.Minute, want: []string{"10m0s silence deploy be/s1: problem"},
		},
		"told": {policy: policy("ops"), later: time.Minute},
	} {
		s := engine.New(c.policy, nil)
		fold(s, down(t, "be/s1"))
		if c.later > 0 {
			s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(c.later)})
		}
		if d := cmp.Diff(c.want, coming(s)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// A decision about a proxy names the servers it tells along: nothing else tells of them.
func TestDecisionTellsAlong(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	var along [][]string
	s.Trace(func(d alert.Decision) { along = append(along, append([]string{d.Key}, d.Along...)) })
	none := observed(t, start, "lb1", "1", "backend be has no server available!")
	fold(s, down(t, "be/s1"), none)
	s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(time.Minute)})
	if d := cmp.Diff([][]string{{"be", "be/s1"}}, along); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	var keys []string
	for _, i := range s.About(observed(t, start, "lb1", "1", "Server be/s1 is DOWN"+left)) {
		keys = append(keys, i.Key)
	}
	if d := cmp.Diff([]string{"be/s1", "be"}, keys); d != "" {
		t.Errorf("about (-want +got):\n%s", d)
	}
}

// Looking changes nothing, so that `why` and the daemon fold alike.
func TestInquiryOnlyReads(t *testing.T) {
	s := engine.New(policy("ops"), nil)
	f := down(t, "be/s1")
	fold(s, f)
	before := checkpoint(t, s)
	s.Coming(func(string) bool { return true })
	s.About(f)
	s.ListSilences(start)
	if after := checkpoint(t, s); string(after) != string(before) {
		t.Errorf("state before and after looking:\n%s\n%s", before, after)
	}
}

// Words for a few readers leave the rest unsaid, and nothing but words.
func TestSubjects(t *testing.T) {
	var plain, few []alert.Notice
	for _, c := range []struct {
		words *template.Renderer
		into  *[]alert.Notice
	}{
		{template.Default(time.UTC), &plain},
		{template.Default(time.UTC).SubjectsOnly(func(sc template.Data) bool { return sc.Proxy == "be" }), &few},
	} {
		s := engine.New(policy("ops"), c.words)
		s.Trace(func(d alert.Decision) { *c.into = append(*c.into, d.Notice) })
		fold(s, down(t, "be/s1"), down(t, "web/s1"))
		s.Apply(alert.Fact{Kind: alert.Operator, Time: start.Add(time.Minute)})
	}
	if len(plain) != 2 || plain[0].Body == "" {
		t.Fatalf("told %+v", plain)
	}
	for k := range plain {
		plain[k].Body, plain[k].HTML = "", ""
	}
	plain[1].Subject = "" // of web
	if d := cmp.Diff(plain, few); d != "" {
		t.Errorf("-all words +few:\n%s", d)
	}
}
