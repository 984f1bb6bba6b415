package part

import (
	"context"
	"errors"
	"fmt"
	"time"

	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// Latency compares the time from a line to the mail's DATA.
type Latency struct{ Rounds, Mails int } // Mails of each round

const (
	// mailWithin is how long a mail may take before it is taken for lost.
	mailWithin = time.Minute
	// mailPause is between a mail and the next line, so that each line finds all at rest.
	mailPause = 15 * time.Millisecond
)

// Measure has ours and rsyslog mail in turns, and then HAProxy. Debian's syslog-ng has its
// mail driver in another package.
func (p Latency) Measure(ctx context.Context, b *Bench) (report.Section, error) {
	s := report.Section{
		Title: "From a line to the mail",
		How: fmt.Sprintf(`One health line at a time goes out over UDP, and the time runs until a mail server on the same machine is told DATA.
haproxy-alert has group_wait = "0s", so nothing is gathered; the line is in the journal, synced, before its mail goes out, and the
connection to the relay is kept for a while, as it is by default. rsyslog mails with ommail, directly from its rules. HAProxy
itself checks a server every 20 ms that answers or does not; there the time runs from the arrival of its log line to the DATA
of its own mail. %d rounds of %d mails each; a round gives one p50 and one p99.`, p.Rounds, p.Mails),
		Limit: `For us: one fdatasync, which waits for whatever else is on its way to the disk; the words and the MIME of the mail, some
hundred microseconds; and the turns of the SMTP dialogue, each through two schedulers. HAProxy's mailers write nothing to a
disk and have the words at hand, and what they have not sent is gone with a reload. ommail writes each command in pieces, so that
TCP holds back all but the first until the other side's delayed acknowledgement, 40 ms later, twice before DATA.`,
	}
	var all []*mailed
	var alerters []*alerter
	kinds, missing := b.present("line to DATA", peer.Rsyslog(1))
	for _, kind := range kinds {
		a, err := b.startAlerter(ctx, kind)
		if err != nil {
			return s, err
		}
		defer a.close()
		alerters, all = append(alerters, a), append(all, &a.mailed)
	}
	for range p.Rounds {
		if err := p.round(ctx, b, alerters); err != nil {
			return s, err
		}
	}
	if !b.Alone {
		mailers, err := p.mailers(ctx, b)
		if gone, ok := errors.AsType[peer.Missing](err); ok {
			missing = append(missing, report.Row{What: "line to DATA", Peer: "HAProxy's mailers", Missing: gone.Error()})
		} else if err != nil {
			return s, err
		} else {
			all = append(all, mailers)
		}
	}
	s.Rows = append(latencyRows(all), missing...)
	return s, nil
}

// round has the alerters mail in turns.
func (p Latency) round(ctx context.Context, b *Bench, alerters []*alerter) error {
	took := make([]report.Series, len(alerters))
	for range p.Mails {
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
		a.add(b, took[i])
	}
	return nil
}

// mailed is how long someone's mails took, round by round.
type mailed struct {
	name     string
	p50, p99 report.Series
}

// add adds a round.
func (m *mailed) add(b *Bench, took report.Series) {
	m.p50 = append(m.p50, took.Median())
	m.p99 = append(m.p99, took.Quantile(0.99))
	b.say("latency %s: p50 %.2f ms, p99 %.2f ms", m.name, took.Median()*1e3, took.Quantile(0.99)*1e3)
}

func latencyRows(all []*mailed) []report.Row {
	ours := all[0]
	rows := []report.Row{{
		What: "line to DATA, p99", Unit: report.Seconds, Ours: ours.p99, Goal: report.Goal{Kind: report.MedianUnder, Bound: 0.005},
	}}
	shortest := report.Goal{Kind: report.RatioAtMost, Bound: 1}
	for _, m := range all[1:] {
		rows = append(rows,
			report.Row{What: "line to DATA, p50", Unit: report.Seconds, Ours: ours.p50, Peer: m.name, Theirs: m.p50, Goal: shortest},
			report.Row{What: "line to DATA, p99", Unit: report.Seconds, Ours: ours.p99, Peer: m.name, Theirs: m.p99, Goal: shortest})
	}
	return rows
}
