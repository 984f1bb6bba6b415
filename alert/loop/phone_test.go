package loop_test

import (
	"context"

	"haproxy-alert/alert"
)

// phone is a channel whose peer does what answer says. It reports each attempt.
type phone struct {
	answer func(ctx context.Context, d alert.Dispatch) (alert.Receipt, error)
	rang   chan alert.Dispatch
}

func (p *phone) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	p.rang <- d
	if p.answer == nil {
		return alert.Receipt{}, nil
	}
	return p.answer(ctx, d)
}

func newPhone() *phone { return &phone{rang: make(chan alert.Dispatch, 10_000)} }

func (p *phone) subjects() []string {
	var subjects []string
	for {
		select {
		case d := <-p.rang:
			subjects = append(subjects, d.Notice.Subject)
		default:
			return subjects
		}
	}
}
