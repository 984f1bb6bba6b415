package engine_test

import (
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// A daemon that stood still for hours learns at once that a channel is long in trouble
// and that it works again, or that notices were lost on it: these are notices of their
// own, in one conversation.
func TestAlarmsAtOnceAreApart(t *testing.T) {
	for name, last := range map[string]alert.Fact{
		"works again": {Kind: alert.Delivered}, "gave up": {Kind: alert.GaveUp, Error: "waited 5h"},
	} {
		t.Run(name, func(t *testing.T) {
			p := policy("bad", "good")
			p.ChannelAlarm = 10 * time.Minute
			s := engine.New(p, nil)
			at := start
			apply := func(f alert.Fact, after time.Duration) {
				at = at.Add(after)
				f.Time = at
				s.Apply(f)
			}
			apply(down(t, "be/s1"), 0)
			apply(alert.Fact{Kind: alert.Operator}, 5*time.Second)
			head := s.Due(at, nil).Send[0].Notice.ID
			apply(alert.Fact{Kind: alert.Failed, Channel: "bad", Notice: head, Error: "451 later"}, time.Second)
			last.Channel, last.Notice = "bad", head
			apply(last, 5*time.Hour)

			var told []alert.Notice
			for plan := s.Due(at, nil); len(plan.Send) > 0; plan = s.Due(at, nil) {
				d := plan.Send[len(plan.Send)-1]
				told = append(told, d.Notice)
				apply(alert.Fact{Kind: alert.Delivered, Channel: d.Channel, Notice: d.Notice.ID}, 0)
			}
			if len(told) != 3 {
				t.Fatalf("told %q, want the outage and two about the channel", subjects(told))
			}
			if blind, next := told[1], told[2]; blind.ID == next.ID || next.First != blind.ID {
				t.Errorf("%q is %s in %s, then %q is %s in %s", blind.Subject, blind.ID, blind.First, next.Subject, next.ID, next.First)
			}
		})
	}
}
