package syslog

import "bytes"

// form is what a log file is made of.
type form uint8

const (
	plainLines     form = iota // a line is a line
	containerLines             // a line may come in parts
	journalEntries             // journalctl -o export: fields, then an empty line
	prettyObjects              // journalctl -o json-pretty, jq: from "{" to "}"
)

// formHead is how much of a log tells its form.
const formHead = 128

// formOf tells a log's form by its first line.
func formOf(head []byte) form {
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	first = first[:TrimmedEnd(first)]
	switch {
	case bytes.HasPrefix(first, []byte(exportBegin)):
		return journalEntries
	case string(first) == "{":
		return prettyObjects
	case bytes.HasPrefix(first, []byte(dockerBegin)):
		return containerLines
	}
	if clothing, _, _ := containerHead(first); clothing == CRI {
		return containerLines
	}
	return plainLines
}
