package twin_test

import (
	"bytes"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
	"haproxy-alert/alert/template"
)

// The core as it is. All that names its API stands in this file.
type newCore struct {
	*engine.State
	trace []alert.Decision
}

func newWords(plain bool) *template.Renderer {
	if plain {
		return nil
	}
	r, err := template.New(template.Texts{Subject: dumpSubject, Body: dumpBody}, time.UTC)
	if err != nil {
		panic(err)
	}
	return r
}

func traced(s *engine.State) *newCore {
	c := &newCore{State: s}
	s.Trace(func(d alert.Decision) { c.trace = append(c.trace, d) })
	return c
}

func newStart(p alert.Policy, plain bool) core { return traced(engine.New(p, newWords(plain))) }

func newRestore(p alert.Policy, plain bool, checkpoint []byte) (core, error) {
	s, err := engine.Restore(p, newWords(plain), checkpoint)
	if err != nil {
		return nil, err
	}
	return traced(s), nil
}

func (c *newCore) apply(f alert.Fact) any { return c.Apply(f) }

func (c *newCore) clock() time.Time { return c.Clock() }

func (c *newCore) due(now time.Time, busy map[string]bool) any { return c.plan(now, busy) }

// plan is what drives both: it is compared with the other's before.
func (c *newCore) plan(now time.Time, busy map[string]bool) alert.Plan { return c.Due(now, busy) }

func (c *newCore) checkpoint() ([]byte, error) {
	var b bytes.Buffer
	err := c.Checkpoint(&b)
	return b.Bytes(), err
}

func (c *newCore) decided() any {
	d := c.trace
	c.trace = nil
	return d
}

func (c *newCore) says(f alert.Fact, p alert.Policy) map[string]any {
	said := map[string]any{
		"waiting":    c.Waiting(),
		"channels":   c.Channels(c.Clock()),
		"coming":     c.Coming(func(string) bool { return true }),
		"about":      c.About(f),
		"open":       c.Open(),
		"standings":  c.Standings(),
		"empty":      c.Empty(),
		"sources":    c.Sources(),
		"overflow":   map[string]int(c.Overflow),
		"suppressed": c.Suppressed(),
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
		settle(told, func(p alert.Part) (string, string) { return p.Opened.String() + p.Key, p.Incident })
		said["told "+ch.Name] = told
		said["waits "+ch.Name] = c.Waiting()[ch.Name]
	}
	for _, q := range c.ListSilences(time.Time{}) {
		said["held "+q.ID] = c.HeldBack(q.ID)
	}
	return said
}
