package part

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
)

// alerter is a receiver that mails each health line to a mail server of ours.
type alerter struct {
	mailed
	r    *peer.Receiver
	sink *load.Sink
	conn net.Conn
	sent int // lines
}

func (b *Bench) startAlerter(ctx context.Context, kind peer.Kind) (*alerter, error) {
	sink, err := load.OpenSink()
	if err != nil {
		return nil, err
	}
	a := &alerter{mailed: mailed{name: kind.Name}, sink: sink}
	if a.r, err = b.start(ctx, kind, "udp", sink.Addr); err != nil {
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
	if _, err := fmt.Fprint(a.conn, load.Line(load.Down("be_app", a.sent, 2))); err != nil {
		return 0, err
	}
	at, err := a.sink.Await(ctx, mailWithin, server+" ", server+":")
	return at.Sub(began), err
}
