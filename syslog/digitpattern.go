package syslog

import (
	"bytes"
	"encoding/binary"
)

// shape is what eight bytes in a row look like: 0xF0 in digits where a digit must
// stand, 0xFF in others where a certain byte must; want is both. Looking at eight
// bytes at once is what makes times cheap. The first byte is the lowest.
type shape struct{ digits, others, want uint64 }

// shapeOf compiles a form of eight bytes.
func shapeOf(form string) (s shape) {
	for i := range 8 {
		s.demand(i, form[i], form[i] == 'd')
	}
	return s
}

// shapeLike is the shape of eight bytes in which other digits may stand.
func shapeLike(b []byte) (s shape) {
	for i, c := range b[:8] {
		s.demand(i, c, isDigit(c))
	}
	return s
}

// demand wants a digit, or the byte c, at i.
func (s *shape) demand(i int, c byte, digit bool) {
	at := 8 * i
	if digit {
		s.digits |= 0xF0 << at
		s.want |= '0' << at
	} else {
		s.others |= 0xFF << at
		s.want |= uint64(c) << at
	}
}

// fits reports whether the first eight bytes of b have the shape.
func (s *shape) fits(b []byte) bool {
	x := binary.LittleEndian.Uint64(b)
	// Past '9', six more carry into the upper half of the byte.
	const six = 0x0606060606060606
	return x&(s.digits|s.others) == s.want && (x&(s.digits|s.digits>>4)+six)&s.digits == s.want&s.digits
}

// pattern is a text in which other digits may stand.
type pattern struct {
	size   int
	shapes []shape // eight bytes each, the last ones at the end
	short  []byte  // all of it, when it has no eight bytes
}

func (p *pattern) learn(text []byte) {
	const step = 8
	p.size, p.shapes, p.short = len(text), p.shapes[:0], append(p.short[:0], text[:min(len(text), step)]...)
	for at := 0; at+step < len(text); at += step {
		p.shapes = append(p.shapes, shapeLike(text[at:]))
	}
	if len(text) >= step {
		p.shapes = append(p.shapes, shapeLike(text[len(text)-step:]))
	}
}

// fits reports whether a text as long as p differs from it in digits alone.
func (p *pattern) fits(text []byte) bool {
	last := len(p.shapes) - 1
	if last < 0 {
		return bytes.Equal(text, p.short)
	}
	for i := range last {
		if !p.shapes[i].fits(text[8*i:]) {
			return false
		}
	}
	return p.shapes[last].fits(text[p.size-8:])
}
