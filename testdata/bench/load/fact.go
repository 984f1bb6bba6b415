package load

import (
	"fmt"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/parse"
)

// The history of a farm: outages of 1,000 servers, one after the other, each over after
// 15 more of them. No server fails often enough to be flapping.
const (
	historyServers = 1000
	historyApart   = 15
	historyEvery   = 2600 * time.Millisecond // between two lines
)

// fact is the k-th health line of the history, at its time.
func fact(k int, begin time.Time) (alert.Fact, error) {
	text := Down("be_app", k/2%historyServers, historyServers)
	if k%2 == 1 {
		text = Up("be_app", (k/2+historyServers-historyApart)%historyServers, historyServers)
	}
	event, ok := parse.Line(text)
	if !ok {
		return alert.Fact{}, fmt.Errorf("make facts: not a health line: %s", text)
	}
	at := begin.Add(historyEvery * time.Duration(k))
	return alert.Fact{
		Kind: alert.Observed, Time: at, At: at.Truncate(time.Second), Event: event, Text: text,
		Source: alert.Source{Listener: "udp://127.0.0.1:5514", Peer: "127.0.0.1", Tag: "haproxy", PID: 4242, Facility: 16, Severity: 1},
	}, nil
}

// Facts are those of the first n lines, from now on.
func Facts(n int) ([]alert.Fact, error) {
	facts := make([]alert.Fact, n)
	for k := range facts {
		var err error
		if facts[k], err = fact(k, time.Now()); err != nil {
			return nil, err
		}
	}
	return facts, nil
}
