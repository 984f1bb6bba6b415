package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

const (
	// mailWithin is how long a mail may take before it is taken for lost.
	mailWithin = time.Minute
	// mailPause is between a mail and the next line, so that each line finds all at rest.
	mailPause = 15 * time.Millisecond
)

// alerter is a receiver that mails each health line to a mail server of ours.
type alerter struct {
	name string
	r    *peer.Receiver
	sink *load.Sink
	conn net.Conn
	p50  report.Series // of each round
	p99  report.Series
	sent int
}

func (b *bench) startAlerter(ctx context.Context, kind peer.Kind) (*alerter, error) {
	dir, err := b.folder("latency")
	if err != nil {
		return nil, err
	}
	sink, err := load.OpenSink()
	if err != nil {
		return nil, err
	}
	a := &alerter{name: kind.Name, sink: sink}
	if a.r, err = kind.Start(ctx, dir, "udp", sink.Addr); err != nil {
		return nil, errors.Join(err, sink.Close())
	}
	a.conn, err = net.Dial("udp", a.r.Addr.String())
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *alerter) close() {
	a.r.Kill()
	_ = a.sink.Close()
	if a.conn != nil {
		_ = a.conn.Close()
	}
}

// mail sends the line of one more server and waits for DATA.
func (a *alerter) mail(ctx context.Context) (time.Duration, error) {
	a.sent++
	server := fmt.Sprintf("be_app/s%d", a.sent)
	began := time.Now()
	_, err := fmt.Fprintf(a.conn, "<129>%s haproxy[4242]: Server %s is DOWN, reason: Layer4 timeout, check duration: 2001ms. "+
		"1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.", began.Format(time.Stamp), server)
	if err != nil {
		return 0, err
	}
	at, err := awaitMail(ctx, a.sink, server+" ", server+":")
	return at.Sub(began), err
}

// awaitMail returns when DATA came for a mail whose subject has one of the words.
func awaitMail(ctx context.Context, sink *load.Sink, words ...string) (time.Time, error) {
	late := time.After(mailWithin)
	for {
		select {
		case m := <-sink.Mails:
			for _, w := range words {
				if strings.Contains(m.Subject, w) {
					return m.Data, nil
				}
			}
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-late:
			return time.Time{}, fmt.Errorf("no mail with %q in its subject within %v", words[0], mailWithin)
		}
	}
}

// round has the alerters mail in turns.
func (b *bench) round(ctx context.Context, alerters []*alerter) error {
	took := make([]report.Series, len(alerters))
	for range b.size.mails {
		for i, a := range alerters {
			d, err := a.mail(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			took[i] = append(took[i], d.Seconds())
			time.Sleep(mailPause)
		}
	}
	for i, a := range alerters {
		a.add(took[i])
		b.say("latency %s: p50 %.2f ms, p99 %.2f ms", a.name, took[i].Median()*1e3, took[i].Quantile(0.99)*1e3)
	}
	return nil
}

func (a *alerter) add(took report.Series) {
	a.p50 = append(a.p50, took.Median())
	a.p99 = append(a.p99, took.Quantile(0.99))
}

// latency compares the time from a line to the mail's DATA.
func (b *bench) latency(ctx context.Context) (report.Section, error) {
	s := report.Section{
		Title: "From a line to the mail",
		How: fmt.Sprintf(`One health line at a time goes out over UDP, and the time runs until a mail server on the same machine is told DATA.
haproxy-alert has group_wait = "0s", so nothing is gathered; the line is in the journal, synced, before its mail goes out, and the
connection to the relay is kept for a while, as it is by default. rsyslog mails with ommail, directly from its rules. HAProxy
itself checks a server every 20 ms that answers or does not; there the time runs from the arrival of its log line to the DATA
of its own mail. %d rounds of %d mails each; a round gives one p50 and one p99.`, b.size.rounds, b.size.mails),
		Limit: `For us: one fdatasync, which waits for whatever else is on its way to the disk; the words and the MIME of the mail, some
hundred microseconds; and the turns of the SMTP dialogue, each through two schedulers. HAProxy's mailers write nothing to a
disk and have the words at hand, and what they have not sent is gone with a reload. ommail writes each command in pieces, so that
TCP holds back all but the first until the other side's delayed acknowledgement, 40 ms later, twice before DATA.`,
	}
	var alerters []*alerter
	kinds, missing := b.receivers("line to DATA")
	for _, kind := range kinds {
		if kind.Name == "syslog-ng" {
			continue // Debian's has its mail driver in another package
		}
		a, err := b.startAlerter(ctx, kind)
		if err != nil {
			return s, err
		}
		defer a.close()
		alerters = append(alerters, a)
	}
	for range b.size.rounds {
		if err := b.round(ctx, alerters); err != nil {
			return s, err
		}
	}
	if !b.alone {
		mailers, err := b.mailers(ctx)
		if gone, ok := errors.AsType[peer.Missing](err); ok {
			missing = append(missing, report.Row{What: "line to DATA", Peer: "HAProxy's mailers", Missing: gone.Error()})
		} else if err != nil {
			return s, err
		} else {
			alerters = append(alerters, mailers)
		}
	}
	s.Rows = append(latencyRows(alerters), missing...)
	return s, nil
}

func latencyRows(alerters []*alerter) []report.Row {
	ours := alerters[0]
	rows := []report.Row{{
		What: "line to DATA, p99", Unit: report.Seconds, Ours: ours.p99, Goal: report.Goal{Kind: report.MedianUnder, Bound: 0.005},
	}}
	shortest := report.Goal{Kind: report.RatioAtMost, Bound: 1}
	for _, a := range alerters[1:] {
		rows = append(rows,
			report.Row{What: "line to DATA, p50", Unit: report.Seconds, Ours: ours.p50, Peer: a.name, Theirs: a.p50, Goal: shortest},
			report.Row{What: "line to DATA, p99", Unit: report.Seconds, Ours: ours.p99, Peer: a.name, Theirs: a.p99, Goal: shortest})
	}
	return rows
}
