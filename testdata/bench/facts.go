package main

import (
	"context"
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
	"haproxy-alert/parse"
)

// outages makes n facts that end now: each of 1,000 servers fails and is back 15 outages
// later, over and over, seldom enough to be no flapping.
func outages(n int, now time.Time) ([]alert.Fact, error) {
	const servers, apart, every = 1000, 15, 900 * time.Millisecond
	facts := make([]alert.Fact, n)
	for i := range facts {
		at := now.Add(-every * time.Duration(n-i))
		text := downText("be_app", i/2%servers, servers)
		if i%2 == 1 {
			text = upText("be_app", (i/2+servers-apart)%servers, servers)
		}
		event, ok := parse.Line(text)
		if !ok {
			return nil, fmt.Errorf("make facts: not a health line: %s", text)
		}
		facts[i] = alert.Fact{
			Kind: alert.Observed, Time: at, At: at.Truncate(time.Second), Event: event, Text: text,
			Source: alert.Source{Listener: "udp://127.0.0.1:5514", Peer: "127.0.0.1", Tag: "haproxy", PID: 4242, Facility: 16, Severity: 1},
		}
	}
	return facts, nil
}

func downText(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is DOWN, reason: Layer4 timeout, check duration: 2001ms. "+
		"%d active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", proxy, n, of-1)
}

func upText(proxy string, n, of int) string {
	return fmt.Sprintf("Server %s/s%d is UP, reason: Layer4 check passed, check duration: 1ms. "+
		"%d active and 0 backup servers online. 0 sessions requeued, 0 total in queue.", proxy, n, of)
}

// record appends facts to the journal in a folder, a thousand at a time.
func record(ctx context.Context, dir string, facts []alert.Fact) error {
	j, _, err := journal.Open(journal.Options{Dir: dir})
	if err != nil {
		return err
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		drain(j)
	}()
	for len(facts) > 0 && err == nil {
		n := min(len(facts), 1000)
		err = j.Append(ctx, facts[:n])
		facts = facts[n:]
	}
	if closed := j.Close(); err == nil {
		err = closed
	}
	<-drained
	return err
}

// drain reads what was committed until the journal is closed.
func drain(j *journal.Journal) {
	for range j.Committed() {
		continue
	}
}
