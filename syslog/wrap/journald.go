package wrap

import (
	"bytes"
	"encoding/binary"

	"haproxy-alert/syslog/internal/scan"
)

// ExportBegin is what journalctl begins an entry with.
const ExportBegin = "__CURSOR="

// unwrapExport reads an entry of the journal (systemd.io, Journal Export Formats):
// a field a line, binary ones with their length, as all that hold control
// characters.
//
//	__CURSOR=s=43cd9281347845778876067127bd8d89;i=1b6
//	SYSLOG_IDENTIFIER=haproxy
//	SYSLOG_RAW
//	<length, 64 bits little endian><that many bytes>
func (w *Wrapping) unwrapExport(frame []byte) bool {
	if !bytes.HasPrefix(frame, []byte(ExportBegin)) {
		return false
	}
	var s fields
	for rest := frame; len(rest) > 0 && rest[0] != '\n'; {
		f := readExportField(rest)
		// The entry lost its line end, and perhaps more.
		to, end := min(f.to, len(rest)), min(f.end, len(rest))
		if f.from <= to {
			s.take(f.name, rest[f.from:to], to)
		}
		rest = rest[end:]
	}
	line := s.value[lineField]
	if line == nil || s.twice {
		return false
	}
	w.Format, w.Prompt, w.Fields = JournalExport, true, s.value
	w.Line = line[:scan.TrimmedEnd(line)]
	return true
}

// exportField is a field of an entry: where its value stands and where the next
// field begins, as far as the beginning of the field tells. They may lie beyond
// what is there.
type exportField struct {
	name     []byte
	from, to int
	end      int
}

// readExportField reads the field b begins with. Without the end of its first
// line, all of b is that line.
func readExportField(b []byte) exportField {
	const size = 8
	n := bytes.IndexByte(b, '\n')
	if n < 0 {
		n = len(b)
	}
	name, _, text := bytes.Cut(b[:n], []byte{'='})
	if text {
		return exportField{name: name, from: len(name) + 1, to: n, end: n + 1}
	}
	from := n + 1 + size
	if len(b) < from {
		return exportField{name: name, from: from, to: from, end: from + 1}
	}
	to := from + int(min(binary.LittleEndian.Uint64(b[n+1:]), MaxField))
	return exportField{name: name, from: from, to: to, end: to + 1}
}

// MaxField bounds the length an entry's field may claim, above the 768 MiB
// journald takes, so that no sum of it overflows.
const MaxField = 1 << 30
