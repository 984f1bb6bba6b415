package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// What was written comes out in one piece after a moment, and nothing is written when
// nothing came.
func TestPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out pieces
		p := newPrompt(&out)
		for _, word := range []string{"a", "b"} {
			if _, err := p.Write([]byte(word)); err != nil {
				t.Fatal(err)
			}
		}
		if len(out) > 0 {
			t.Errorf("written at once: %q", out)
		}
		time.Sleep(promptly + time.Millisecond)
		if _, err := p.Write([]byte("c")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if len(out) != 2 || string(out[0]) != "ab" || string(out[1]) != "c" {
			t.Errorf("written %q", out)
		}
	})
}

// pieces keeps what each Write was given.
type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}
