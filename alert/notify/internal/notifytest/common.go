// Package notifytest has the peers and notices that the tests of the channels have in
// common: a mail server and an HTTP server over pipes, an authority for TLS.
package notifytest

import (
	"net/mail"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Problem is a notice as the core makes them.
func Problem() alert.Notice {
	at := time.Date(2026, 11, 5, 10, 20, 30, 0, time.FixedZone("", 3600))
	return alert.Notice{
		ID: "9f86d081884c7d65", Kind: alert.Problem, Severity: alert.Alert,
		Incident: "60303ae22b998861", First: "9f86d081884c7d65",
		Proxy: "be_shop", Server: "web1", Time: at, Opened: at,
		Subject:   "DOWN be_shop/web1: Layer4 timeout, 2 of 3 servers left",
		Body:      "Server be_shop/web1 is DOWN since 10:20:28, seen by lb1 and lb2.\n\nReason: Layer4 timeout, check duration 2001 ms.\n2 active servers left.\n",
		Observers: []string{"lb1", "lb2"},
		Parts: []alert.Part{{
			Incident: "60303ae22b998861", Key: "be_shop/web1", Proxy: "be_shop", Server: "web1",
			Kind: alert.Problem, Severity: alert.Alert, Opened: at, Reason: "Layer4 timeout",
		}},
	}
}

// Dispatch is a first attempt to send a notice on the channel ops.
func Dispatch(n alert.Notice) alert.Dispatch {
	return alert.Dispatch{Channel: "ops", Notice: n, Attempt: 1}
}

// Addresses are mail addresses without names.
func Addresses(list ...string) []mail.Address {
	to := make([]mail.Address, len(list))
	for i, a := range list {
		to[i].Address = a
	}
	return to
}

// Hostile is a notice as a checked server and a client would like to write it.
func Hostile() alert.Notice {
	n := Problem()
	evil := "<!channel> <https://evil.example|click> @everyone @channel <@U1> ``` {{.ID}} %s \x1b[2J \u202e\" \r\nX-Evil: 1\x00 \xff"
	n.Subject, n.Proxy, n.Server = evil, "px"+evil, "s1"+evil
	n.Body = evil + "\n" + strings.Repeat("a long line of a long body\n", 40_000)
	n.Observers = []string{evil}
	n.Parts[0].Reason, n.Parts[0].Key = evil, evil
	return n
}

// Parts are one of each sort that the core makes.
func Parts(opened time.Time) []alert.Part {
	closed := opened.Add(time.Minute)
	return []alert.Part{
		{Incident: "1", Key: "be/s1", Proxy: "be", Server: "s1", Kind: alert.Problem, Severity: alert.Alert, Opened: opened, Reason: "Layer4 timeout"},
		{Incident: "2", Key: "be", Proxy: "be", Kind: alert.Escalation, Severity: alert.Emergency, Opened: opened},
		{Incident: "3", Key: "be/s2", Proxy: "be", Server: "s2", Kind: alert.Recovery, Severity: alert.Alert, Opened: opened, Closed: closed},
		{Incident: "4", Key: "be/s2", Proxy: "be", Server: "s2", Kind: alert.Planned, Severity: alert.Normal, Planned: true, Opened: opened},
		{Incident: "5", Key: "source 10.0.0.1", Proxy: "10.0.0.1", Kind: alert.Blind, Severity: alert.Alert, Opened: opened},
		{Incident: "6", Key: "lb1 be/s3", Proxy: "be", Server: "s3", Kind: alert.Flapping, Severity: alert.Alert, Opened: opened},
		{Incident: "7", Key: "be/s4", Proxy: "be", Server: "s4", Kind: alert.Unknown, Severity: alert.Alert, Opened: opened},
		{Incident: "8", Key: "be/s5", Proxy: "be", Server: "s5", Kind: alert.Calm, Severity: alert.Alert, Opened: opened, Closed: closed},
		{Incident: "9", Key: "limit process-fd lb1 fe", Proxy: "fe", Kind: alert.Problem, Severity: alert.Emergency, Opened: opened},
		{Incident: "10", Key: "limit maxconn fe", Proxy: "fe", Kind: alert.Recovery, Severity: alert.Emergency, Opened: opened, Closed: closed},
		{Incident: "11", Key: "ring lb1", Proxy: "lb1", Kind: alert.Blind, Severity: alert.Alert, Opened: opened},
		{Incident: "12", Key: "hard-stop lb1", Proxy: "lb1", Kind: alert.Planned, Severity: alert.Normal, Planned: true, Opened: opened, Closed: closed},
	}
}

// First is closed when one of both is.
func First(a, b <-chan struct{}) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		select {
		case <-a:
		case <-b:
		}
	}()
	return c
}
