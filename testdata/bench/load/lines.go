package load

import (
	"bytes"
	"strconv"

	"haproxy-alert/testdata/mix"
)

// Lines are log lines as HAProxy sends them, traffic and health.
type Lines struct {
	All [][]byte
	// Health are the places of the health lines in All, Texts what they say.
	Health []int
	Texts  []string
}

// Mixed makes lines, at least as many bytes of them, one of every so many about health.
func Mixed(size int64, every int) (Lines, error) {
	var log bytes.Buffer
	truth, err := mix.Load{Bytes: size, Clothing: "wire", Every: every}.Write(&log)
	if err != nil {
		return Lines{}, err
	}
	var l Lines
	for line := range bytes.Lines(log.Bytes()) {
		l.All = append(l.All, bytes.TrimSuffix(line, []byte{'\n'}))
	}
	for _, t := range truth {
		l.Health = append(l.Health, t.Number-1)
		l.Texts = append(l.Texts, t.Text)
	}
	return l, nil
}

// Sent are the texts of the health lines among the first n lines, when All is sent again
// and again.
func (l Lines) Sent(n int) []string {
	var texts []string
	for ; n >= len(l.All); n -= len(l.All) {
		texts = append(texts, l.Texts...)
	}
	for k, at := range l.Health {
		if at < n {
			texts = append(texts, l.Texts[k])
		}
	}
	return texts
}

// Stream is n lines, octet-counted (RFC 6587), and one more that says last.
func (l Lines) Stream(n int, last string) []byte {
	var b []byte
	for i := range n {
		b = counted(b, l.All[i%len(l.All)])
	}
	return counted(b, []byte("<129>Nov 21 06:00:00 haproxy[4242]: "+last))
}

func counted(b, line []byte) []byte {
	b = strconv.AppendInt(b, int64(len(line)), 10)
	b = append(b, ' ')
	return append(b, line...)
}

// Lost counts what was sent and is not among what was kept, each text as often as it was
// sent. What was kept beside is not looked at.
func Lost(sent, kept []string) int {
	left := map[string]int{}
	for _, text := range kept {
		left[text]++
	}
	lost := 0
	for _, text := range sent {
		if left[text] == 0 {
			lost++
			continue
		}
		left[text]--
	}
	return lost
}
