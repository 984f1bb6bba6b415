package main

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// demand is a state that an action wants a server, or a proxy, to be seen in.
type demand struct {
	subject string
	order   string   // the action, in its own words
	wants   []string // any of these
	// The line that shows it was stamped in one of these whole seconds.
	from, to time.Time
}

// unheard are orders that HAProxy carried out without a line. Every one of them has
// to occur, or the test fails.
var unheard = map[string]string{
	"haproxy-1.8.0 07:28:33 set server be.web-dots/web.srv-01 state ready": "1.8.0 says nothing when a server that is down leaves maintenance",
	"haproxy-1.8.0 07:28:40 set server be.web-dots/web.srv-01 state ready": "the same, some seconds later",
	"haproxy-1.8.0 07:28:53 set server be.web-dots/web.srv-01 health down": "it is down for HAProxy already: see silences",
	"haproxy-1.8.0 07:28:49 set server be_single/s1 state ready":           "of four orders in one command, two out and two in, 1.8.0 logs none",
}

// Every line that was awaited and came, and every order of an operator, shows in
// the history of its server: in the order of the actions, at their time.
func TestTruthOfActions(t *testing.T) {
	met, excused := 0, map[string]bool{}
	for _, c := range captures(t) {
		f, at := newFolding(), map[string]int{} // how far each history was followed
		for _, s := range c.scenarios {
			f.take(s.log)
		}
		for _, d := range c.demands() {
			name := fmt.Sprintf("%s %s %s", c.version, d.from.Format(time.TimeOnly), d.order)
			k := d.in(f.history[d.subject], at[d.subject])
			switch {
			case k >= 0:
				at[d.subject] = k
				met++
			case unheard[name] != "":
				excused[name] = true
			default:
				t.Errorf("%s: %s was not %v", name, d.subject, d.wants)
			}
		}
	}
	for name := range unheard {
		if !excused[name] {
			t.Errorf("%s was heard; take it from the list", name)
		}
	}
	t.Logf("%d demands met, %d exceptions", met, len(excused))
}

// in returns the first turn of a history, not before the given one, that meets the
// demand: in its time, or before if it still held then. It is -1 for none.
func (d demand) in(history []turn, begin int) int {
	held := -1
	for k := begin; k < len(history) && !history[k].at.After(d.to); k++ {
		now, meets := !history[k].at.Before(d.from), slices.Contains(d.wants, history[k].state)
		switch {
		case now && held >= 0:
			return held
		case now && meets:
			return k
		case meets:
			held = k
		default:
			held = -1
		}
	}
	return held
}

// instantly is how soon after an action no check of HAProxy can have found anything
// out. The capture searched the whole scenario for an awaited line: what came so
// soon was an older one, and so was what it found at once after that.
const instantly = 20 * time.Millisecond

// demands lists what the actions demand, as far as HAProxy logs their effect:
// awaited lines that came, and orders of an operator.
func (c capture) demands() (all []demand) {
	for _, s := range c.scenarios {
		var before action
		older := false
		for _, a := range s.actions {
			older = a.time().Sub(before.time()) < instantly && (older || before.Kind != "expect")
			before = a
			switch {
			case a.Kind == "expect" && a.OK && !older:
				all = append(all, awaited(a)...)
			case a.Kind == "cli":
				all = append(all, commanded(a)...)
			case a.Kind == "stats-post":
				all = append(all, posted(a)...)
			}
		}
	}
	return all
}

var (
	awaitedServer = regexp.MustCompile(`erver (\S+) is (DOWN|UP)$`)
	awaitedNone   = regexp.MustCompile(`^(\S+) has no server$`)
)

// awaited is what a line that was awaited, and came, says. A server that was
// stopping or draining stays so when it goes DOWN: it was out of service before.
func awaited(a action) []demand {
	words := strings.ReplaceAll(a.RX, `\`, "")
	to := a.time().Truncate(time.Second)
	d := demand{order: words, from: to.Add(-2 * time.Second), to: to}
	switch server, none := awaitedServer.FindStringSubmatch(words), awaitedNone.FindStringSubmatch(words); {
	case none != nil:
		d.subject, d.wants = none[1], []string{isNone}
	case server == nil:
		return nil
	case server[2] == "UP":
		d.subject, d.wants = server[1], []string{isUp}
	default:
		d.subject, d.wants = server[1], []string{isDown, isDraining, isStopping}
	}
	return []demand{d}
}

// commanded is what the commands of the stats socket demand.
func commanded(a action) (all []demand) {
	if strings.Contains(a.Reply, "not enabled") {
		return nil
	}
	from := a.time().Truncate(time.Second)
	for command := range strings.SplitSeq(a.Cmd, ";") {
		words := strings.Fields(command)
		if wants := ordered(words); len(wants) > 0 {
			all = append(all, demand{words[2], strings.Join(words, " "), wants, from, from.Add(time.Second)})
		}
	}
	return all
}

// posted is what an action of the stats page demands.
func posted(a action) []demand {
	form, err := url.ParseQuery(a.Body)
	wants := map[string][]string{
		"maint": {isMaint}, "disable": {isMaint}, "drain": {isDraining}, "stop": {isDraining},
		"ready": {isUp, isDown}, "enable": {isUp, isDown}, "start": {isUp, isDown},
		"hdown": {isTaken}, "hnolb": {isStopping}, "hrunn": {isUp},
	}[form.Get("action")]
	if err != nil || wants == nil {
		return nil
	}
	from := a.time().Truncate(time.Second)
	return []demand{{form.Get("b") + "/" + form.Get("s"), a.Body, wants, from, from.Add(time.Second)}}
}

// ordered is the state that a command asks for; nil when it asks for none.
func ordered(words []string) []string {
	switch order := strings.Join(words, " "); {
	case len(words) == 3 && strings.HasPrefix(order, "disable server"):
		return []string{isMaint}
	case len(words) == 3 && strings.HasPrefix(order, "enable server"):
		return []string{isUp, isDown}
	case len(words) != 5 || !strings.HasPrefix(order, "set server"):
		return nil
	}
	return map[string][]string{
		"state maint": {isMaint}, "state drain": {isDraining}, "state ready": {isUp, isDown},
		"health down": {isTaken}, "health stopping": {isStopping}, "health up": {isUp},
		"agent down": {isTaken}, "agent up": {isUp},
	}[words[3]+" "+words[4]]
}
