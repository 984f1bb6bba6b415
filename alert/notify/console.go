package notify

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"haproxy-alert/alert"
)

// Console prints notices for a terminal or a log file: one strong line, then
// the body, indented. No notice can move the cursor, colour the screen or
// pretend to be two.
//
// When W can be given a write deadline, as pipes and sockets can, the end of
// ctx frees a blocked write; what was printed in part is then printed again.
type Console struct {
	W io.Writer
	// Color paints the strong line with ANSI sequences: red for an outage,
	// green for its end, yellow for the rest.
	Color bool
}

// ANSI sequences (ECMA-48 SGR), the only ones that reach W.
const (
	red    = "\x1b[1;31m"
	green  = "\x1b[1;32m"
	yellow = "\x1b[1;33m"
	reset  = "\x1b[0m"
)

// Notify prints the notice in one write. Every error means: try again.
func (c Console) Notify(ctx context.Context, d alert.Dispatch) (alert.Receipt, error) {
	if ctx.Err() != nil {
		return alert.Receipt{}, fmt.Errorf("print notice: %w", context.Cause(ctx))
	}
	defer c.interrupt(ctx)()
	if _, err := io.WriteString(c.W, c.render(d)); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return alert.Receipt{}, fmt.Errorf("print notice: %w", err)
	}
	return alert.Receipt{}, nil
}

// interrupt frees a blocked write when ctx ends; the function it returns gives
// the writer back as it was.
func (c Console) interrupt(ctx context.Context) func() {
	w, ok := c.W.(interface{ SetWriteDeadline(time.Time) error })
	if !ok {
		return func() {}
	}
	freed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(freed)
		_ = w.SetWriteDeadline(time.Unix(1, 0)) // a terminal has no deadline
	})
	return func() {
		if !stop() {
			<-freed
			_ = w.SetWriteDeadline(time.Time{})
		}
	}
}

func (c Console) render(d alert.Dispatch) string {
	n := d.Notice
	strong := fmt.Sprintf("%s %s: %s", n.Time.Format(time.DateTime), n.Kind, Subject(n))
	if c.Color {
		strong = paint(n) + strong + reset
	}
	var b strings.Builder
	b.WriteString(strong + "\n")
	for line := range strings.Lines(BodyText(d)) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func paint(n alert.Notice) string {
	switch {
	case n.Kind == alert.Recovery || n.Kind == alert.Calm:
		return green
	case n.Severity <= alert.Alert:
		return red
	}
	return yellow
}
