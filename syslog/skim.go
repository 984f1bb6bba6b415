package syslog

import "bytes"

// skim passes over the lines at the beginning of buf of which it is clear at a glance
// that they need not be kept, and returns how many they are and how long. It is what
// take says of nearly all lines, in one loop; any other line is left to take, and so is
// the log's first.
func (p *picker) skim(buf []byte) (lines, n int) {
	last := 0
	for !p.first {
		line := buf[n:]
		end := bytes.IndexByte(line, '\n')
		if end <= 0 || end > MaxLine || line[end-1] < ' ' {
			break
		}
		line = line[:end]
		at, clear := p.peeler.begins(line)
		if !clear || p.keep(line[at:]) {
			break
		}
		lines++
		last, n = n, n+end+1
	}
	if lines > 0 {
		p.lines += lines
		p.last = buf[last : n-1]
	}
	return lines, n
}
