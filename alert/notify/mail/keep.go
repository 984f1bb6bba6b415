package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// The time for which a relay that did not answer comes last doubles from coolFirst to
// coolMost.
const (
	coolFirst = 30 * time.Second
	coolMost  = 10 * time.Minute
)

// memory is what a Mailer knows of its relays from one notice to the next: the connection
// that is still open, and who did not answer of late.
type memory struct {
	mu      sync.Mutex
	kept    *session
	relay   string // whose it is
	timer   *time.Timer
	cooling map[string]cooling
}

type cooling struct {
	until time.Time
	fails int
}

// keep holds the connection for the next notice, for a while.
func (m *Mailer) keep(s *session, relay string) {
	s.stop() // this notice's ctx is not the next one's
	m.mem.mu.Lock()
	defer m.mem.mu.Unlock()
	m.mem.kept, m.mem.relay = s, relay
	m.mem.timer = time.AfterFunc(m.Keep, func() { m.letGo(s) })
}

// takeKept returns the connection that is open to the relay; nil when there is none. It
// is not asked whether it still answers: MAIL will tell, and a turn costs as long as the
// words of the notice.
func (m *Mailer) takeKept(ctx context.Context, relay string) *session {
	m.mem.mu.Lock()
	s, to := m.mem.kept, m.mem.relay
	m.mem.kept = nil
	if m.mem.timer != nil {
		m.mem.timer.Stop()
	}
	m.mem.mu.Unlock()
	if s == nil {
		return nil
	}
	if to != relay {
		s.quit()
		s.close()
		return nil
	}
	s.conn.left, s.reused = maxAnswers, true
	s.watch(ctx)
	return s
}

// Close ends the connection that is kept for the next notice. A Notify afterwards opens
// another one.
func (m *Mailer) Close() error {
	m.mem.mu.Lock()
	s := m.mem.kept
	m.mem.mu.Unlock()
	m.letGo(s)
	return nil
}

// letGo ends the connection if it is still the one that is kept; a timer may come late.
func (m *Mailer) letGo(s *session) {
	m.mem.mu.Lock()
	ours := s != nil && m.mem.kept == s
	if ours {
		m.mem.kept = nil
	}
	m.mem.mu.Unlock()
	if ours {
		s.quit()
		s.close()
	}
}

// order returns the relays as they are to be tried: those that did not answer of late
// come after the others, and only when none of those answers, so that a dead one does not
// hold up every notice for a whole timeout.
func (m *Mailer) order() (ready, cool []string) {
	m.mem.mu.Lock()
	defer m.mem.mu.Unlock()
	for _, relay := range m.Relays {
		if c, ok := m.mem.cooling[relay]; ok && time.Now().Before(c.until) {
			cool = append(cool, relay)
			continue
		}
		ready = append(ready, relay)
	}
	return ready, cool
}

// cools reports whether the relay did not answer of late.
func (m *Mailer) cools(relay string) bool {
	_, cool := m.order()
	return slices.Contains(cool, relay)
}

// heard notes whether the relay answers to the end; when ctx ended, nobody knows.
func (m *Mailer) heard(ctx context.Context, relay string, s *session) {
	if ctx.Err() == nil && !s.reused {
		m.answered(relay, s.conn.first(nil) == nil)
	}
}

// answered notes whether the relay could be talked to.
func (m *Mailer) answered(relay string, ok bool) {
	m.mem.mu.Lock()
	defer m.mem.mu.Unlock()
	if ok {
		delete(m.mem.cooling, relay)
		return
	}
	if m.mem.cooling == nil {
		m.mem.cooling = map[string]cooling{}
	}
	c := m.mem.cooling[relay]
	c.until = time.Now().Add(min(coolMost, coolFirst<<min(c.fails, 10)))
	c.fails++
	m.mem.cooling[relay] = c
}
