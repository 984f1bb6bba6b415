package logfile

import (
	"bytes"

	"haproxy-alert/syslog/internal/scan"
	"haproxy-alert/syslog/wrap"
)

// fileFormat is what a log file is made of.
type fileFormat uint8

const (
	plainLines     fileFormat = iota // a line is a line
	containerLines                   // a line may come in parts
	journalEntries                   // journalctl -o export: fields, then an empty line
	prettyObjects                    // journalctl -o json-pretty, jq: from "{" to "}"
)

// formatHead is how much of a log tells its format.
const formatHead = 128

// formatOf tells a log's format by its first line.
func formatOf(head []byte) fileFormat {
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	first = first[:scan.TrimmedEnd(first)]
	switch {
	case bytes.HasPrefix(first, []byte(wrap.ExportBegin)):
		return journalEntries
	case string(first) == "{":
		return prettyObjects
	case bytes.HasPrefix(first, []byte(dockerBegin)):
		return containerLines
	}
	if format, _, _ := wrap.ContainerHeader(first); format == wrap.CRI {
		return containerLines
	}
	return plainLines
}
