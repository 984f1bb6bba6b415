package twin_test

import (
	"bytes"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/internal/was"
)

// The core as it was.
type oldCore struct {
	*was.State
	trace []was.Decision
}

func oldPolicy(p alert.Policy, plain bool) was.Policy {
	old := fields[was.Policy](p)
	if plain {
		return old
	}
	w, err := was.NewWords(was.Templates{Subject: dumpSubject, Body: dumpBody}, time.UTC)
	if err != nil {
		panic(err)
	}
	old.Words = w
	return old
}

func oldTraced(s *was.State) *oldCore {
	c := &oldCore{State: s}
	s.Trace(func(d was.Decision) { c.trace = append(c.trace, d) })
	return c
}

func oldStart(p alert.Policy, plain bool) core {
	return oldTraced(was.NewState(oldPolicy(p, plain)))
}

func oldRestore(p alert.Policy, plain bool, checkpoint []byte) (core, error) {
	s, err := was.Restore(oldPolicy(p, plain), checkpoint)
	if err != nil {
		return nil, err
	}
	return oldTraced(s), nil
}

func (c *oldCore) apply(f alert.Fact) any { return c.Apply(like[was.Fact](f)) }

func (c *oldCore) clock() time.Time { return c.Clock() }

func (c *oldCore) due(now time.Time, busy map[string]bool) any { return c.Due(now, busy) }

func (c *oldCore) checkpoint() ([]byte, error) {
	var b bytes.Buffer
	err := c.Checkpoint(&b)
	return b.Bytes(), err
}

func (c *oldCore) decided() any {
	d := c.trace
	c.trace = nil
	return d
}

func (c *oldCore) says(f alert.Fact, p alert.Policy) map[string]any {
	said := map[string]any{
		"waiting":    c.Waiting(),
		"channels":   c.Channels(c.Clock()),
		"coming":     c.Coming(func(string) bool { return true }),
		"about":      c.About(like[was.Fact](f)),
		"open":       c.Open(),
		"standings":  c.Standings(),
		"empty":      c.Empty(),
		"sources":    c.Sources(),
		"overflow":   c.Overflow,
		"suppressed": c.Suppressed,
		"copies":     c.Copies,
		"silences":   c.ListSilences(c.Clock()),
		"blind":      c.Blind(),
		"losing":     c.Losing(),
		"gappy":      c.Gappy(),
		"unheard":    c.TakeUnheard(),
		"finished":   c.Finished(f.Mark.Path),
		"settled":    c.Settled(c.Clock()),
	}
	said["mark"], _ = c.Mark(f.Mark.Path)
	for _, ch := range p.Channels {
		told := c.Told(ch.Name)
		settle(told, func(p was.Part) (string, string) { return p.Opened.String() + p.Key, p.Incident })
		said["told "+ch.Name] = told
		said["waits "+ch.Name] = c.Waiting()[ch.Name]
	}
	for _, q := range c.ListSilences(time.Time{}) {
		said["held "+q.ID] = c.HeldBack(q.ID)
	}
	return said
}
