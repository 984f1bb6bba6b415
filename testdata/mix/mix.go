package mix

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// Begin is the second of the first line.
var Begin = time.Date(2026, time.November, 21, 6, 0, 0, 0, time.UTC)

// hostileEvery is among how many lines one comes from a client who writes health lines.
const hostileEvery = 50

// Load says what log to write. The zero values of Every, Rate and Seed stand for
// 10,000, 2,000 and 0.
type Load struct {
	Bytes    int64  // what the log holds at least; it ends with a whole line
	Clothing string // one of Clothings
	Every    int    // so many lines of traffic for one health line
	Rate     int    // lines a second
	Seed     uint64
}

// A Line is one health line that was written: the truth.
type Line struct {
	Number int // of its line in the log, from 1
	Text   string
}

// Write writes the log and tells which of its lines are health lines.
func (l Load) Write(w io.Writer) ([]Line, error) {
	dress, known := clothings[l.Clothing]
	if !known {
		return nil, fmt.Errorf("write log: no clothing %q", l.Clothing)
	}
	l.settle()
	m := mixer{
		Load: l, dress: dress, out: bufio.NewWriterSize(w, 1<<20), texts: captured(),
		noise: rand.New(rand.NewPCG(l.Seed, 1)),
	}
	for m.written < l.Bytes && m.err == nil {
		m.second()
	}
	if m.err == nil {
		m.err = m.out.Flush()
	}
	return m.truth, m.err
}

func (l *Load) settle() {
	if l.Every == 0 {
		l.Every = 10_000
	}
	if l.Rate == 0 {
		l.Rate = 2_000
	}
}

// mixer is a log being written.
type mixer struct {
	Load
	dress clothing
	out   *bufio.Writer
	texts *texts
	noise *rand.Rand

	now      time.Time
	seconds  int
	head     []byte // of this second's lines, for traffic
	accepted []byte // this second, as traffic lines have it
	buf      []byte
	burst    int
	lines    int
	written  int64
	truth    []Line
	err      error
}

// second writes the lines of the next second.
func (m *mixer) second() {
	m.now = Begin.Add(time.Duration(m.seconds) * time.Second)
	m.seconds++
	m.head = m.dress.head(m.head[:0], m.now, 134)
	m.accepted = m.now.AppendFormat(m.accepted[:0], "02/Jan/2006:15:04:05.")
	for i := 0; i < m.Rate && m.written < m.Bytes; i++ {
		burst := m.texts.bursts[m.burst%len(m.texts.bursts)]
		if m.noise.IntN(m.Every*len(burst)) != 0 {
			m.traffic(i * 1000 / m.Rate)
			continue
		}
		m.burst++
		for _, text := range burst {
			m.truth = append(m.truth, Line{m.lines + 1, text})
			m.line(m.dress.head(m.buf[:0], m.now, 129), text)
		}
	}
}

// traffic writes one request, with a client and a time of its own.
func (m *mixer) traffic(ms int) {
	n := m.noise.Uint32()
	b := append(m.buf[:0], m.head...)
	b = append(b, "10."...)
	for _, part := range [...]uint32{n >> 24, n >> 16 & 255} {
		b = append(strconv.AppendUint(b, uint64(part), 10), '.')
	}
	b = append(strconv.AppendUint(b, uint64(n>>8&255), 10), ':')
	b = append(strconv.AppendUint(b, 1024+uint64(n%60_000), 10), " ["...)
	b = append(b, m.accepted...)
	b = append(b, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	requests := m.texts.requests
	if m.lines%hostileEvery == 0 {
		requests = m.texts.hostile
	}
	m.line(b, requests[m.noise.IntN(len(requests))])
}

// line writes what b begins and text ends.
func (m *mixer) line(b []byte, text string) {
	b = m.dress.end(b, text)
	n, err := m.out.Write(b)
	m.buf, m.err = b, err
	m.written += int64(n)
	m.lines++
}
