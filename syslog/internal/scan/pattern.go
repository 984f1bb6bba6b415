package scan

import (
	"bytes"
	"encoding/binary"
)

// DigitPattern is what eight bytes in a row look like: 0xF0 in digits where a digit must
// stand, 0xFF in others where a certain byte must; want is both. Looking at eight
// bytes at once is what makes times cheap. The first byte is the lowest.
type DigitPattern struct{ digits, others, want uint64 }

// NewDigitPattern compiles a form of eight bytes.
func NewDigitPattern(form string) (s DigitPattern) {
	for i := range 8 {
		s.demand(i, form[i], form[i] == 'd')
	}
	return s
}

// digitPatternLike is the shape of eight bytes in which other digits may stand.
func digitPatternLike(b []byte) (s DigitPattern) {
	for i, c := range b[:8] {
		s.demand(i, c, IsDigit(c))
	}
	return s
}

// demand wants a digit, or the byte c, at i.
func (s *DigitPattern) demand(i int, c byte, digit bool) {
	at := 8 * i
	if digit {
		s.digits |= 0xF0 << at
		s.want |= '0' << at
	} else {
		s.others |= 0xFF << at
		s.want |= uint64(c) << at
	}
}

// Fits reports whether the first eight bytes of b have the shape.
func (s *DigitPattern) Fits(b []byte) bool {
	x := binary.LittleEndian.Uint64(b)
	// Past '9', six more carry into the upper half of the byte.
	const six = 0x0606060606060606
	return x&(s.digits|s.others) == s.want && (x&(s.digits|s.digits>>4)+six)&s.digits == s.want&s.digits
}

// Pattern is a text in which other digits may stand.
type Pattern struct {
	Size   int
	shapes []DigitPattern // eight bytes each, the last ones at the end
	short  []byte         // all of it, when it has no eight bytes
}

// Learn takes a text that others are to be compared with.
func (p *Pattern) Learn(text []byte) {
	const step = 8
	p.Size, p.shapes, p.short = len(text), p.shapes[:0], append(p.short[:0], text[:min(len(text), step)]...)
	for at := 0; at+step < len(text); at += step {
		p.shapes = append(p.shapes, digitPatternLike(text[at:]))
	}
	if len(text) >= step {
		p.shapes = append(p.shapes, digitPatternLike(text[len(text)-step:]))
	}
}

// Fits reports whether a text as long as p differs from it in digits alone.
func (p *Pattern) Fits(text []byte) bool {
	last := len(p.shapes) - 1
	if last < 0 {
		return bytes.Equal(text, p.short)
	}
	for i := range last {
		if !p.shapes[i].Fits(text[8*i:]) {
			return false
		}
	}
	return p.shapes[last].Fits(text[p.Size-8:])
}
