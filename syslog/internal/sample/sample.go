// Package sample has what the tests of several packages write: a health line, a line of
// traffic, and what a journal and shippers of logs put around them.
package sample

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
)

const (
	// Down is a health line, without header.
	Down = `Server be_fmt/x1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`
	// Traffic is what nearly all lines of a log are.
	Traffic = `127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe_http be_nocheck/nc1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64)} "GET /nocheck/e HTTP/1.1"`
	// Nano is a time as container runtimes write it.
	Nano = "2026-11-21T07:38:02.217407123Z"
)

// Object writes a JSON object of the members, names and values by turns, in their order.
// It panics where a value has no JSON.
func Object(members ...any) string {
	var b strings.Builder
	for i := 0; i < len(members); i += 2 {
		value, err := json.Marshal(members[i+1])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, ",%q:%s", members[i], value)
	}
	return "{" + b.String()[1:] + "}"
}

// Entry writes an entry of a journal of the fields, names and values by turns, as
// journalctl -o export does: those that hold control characters with their length.
func Entry(fields ...string) []byte {
	var b bytes.Buffer
	for i := 0; i < len(fields); i += 2 {
		name, value := fields[i], fields[i+1]
		if strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' }) < 0 {
			fmt.Fprintf(&b, "%s=%s\n", name, value)
			continue
		}
		b.WriteString(name + "\n")
		b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(value))))
		b.WriteString(value + "\n")
	}
	return b.Bytes()
}
