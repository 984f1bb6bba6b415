package term

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What was written comes out in one piece after a moment, and nothing is written when
// nothing came.
func TestPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out pieces
		p := NewPrompt(&out)
		for _, word := range []string{"a", "b"} {
			if _, err := p.Write([]byte(word)); err != nil {
				t.Fatal(err)
			}
		}
		if got := out.all(); len(got) > 0 {
			t.Errorf("written at once: %q", got)
		}
		time.Sleep(promptly + time.Millisecond)
		if _, err := p.Write([]byte("c")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got := out.all(); !slices.Equal(got, []string{"ab", "c"}) {
			t.Errorf("written %q", got)
		}
	})
}

// pieces keeps what each Write was given.
type pieces struct {
	mu   sync.Mutex
	kept []string
}

func (p *pieces) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = append(p.kept, string(b))
	return len(b), nil
}

func (p *pieces) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.kept)
}
