package loop_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"haproxy-alert/alert"
	"haproxy-alert/alert/engine"
)

// memory is a journal in memory. It can be made to fail, and it keeps what a
// restart would find.
type memory struct {
	mu        sync.Mutex
	facts     []alert.Fact
	image     []byte
	seq       uint64
	imaged    uint64
	broken    bool
	appends   int
	committed chan []alert.Fact
}

func newMemory() *memory { return &memory{committed: make(chan []alert.Fact, 1024)} }

var errDisk = errors.New("no space left on device")

func (m *memory) Append(_ context.Context, facts []alert.Fact) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return errDisk
	}
	m.appends++
	kept := slices.Clone(facts)
	for k := range kept {
		m.seq++
		kept[k].Seq = m.seq
	}
	m.facts = append(m.facts, kept...)
	m.committed <- kept
	return nil
}

func (m *memory) Committed() <-chan []alert.Fact { return m.committed }

func (m *memory) Checkpoint(seq uint64, write func(io.Writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return errDisk
	}
	var image bytes.Buffer
	if err := write(&image); err != nil {
		return err
	}
	m.imaged, m.image = seq, image.Bytes()
	return nil
}

func (m *memory) MaySend() bool { return true }

func (m *memory) setBroken(broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = broken
}

// recovered is the state after a crash: from the facts alone.
func (m *memory) recovered(p alert.Policy) *engine.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := engine.New(p, nil)
	for _, f := range m.facts {
		s.Apply(f)
	}
	return s
}
