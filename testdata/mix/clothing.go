package mix

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"
)

// A clothing writes what stands around a text.
type clothing struct {
	head func(b []byte, at time.Time, pri int) []byte
	end  func(b []byte, text string) []byte
}

// Clothings are the names a Load may have, sorted.
func Clothings() []string { return slices.Sorted(maps.Keys(clothings)) }

// clothings are those of log files: what rsyslog writes by its templates, what a
// receiver without one does, and wrappings.
var clothings = map[string]clothing{
	"traditional": {stamped(time.Stamp, " lb1 haproxy[4242]: "), plain},
	"iso":         {stamped("2006-01-02T15:04:05.000000-07:00", " lb1 haproxy[4242]: "), plain},
	"rfc5424":     {prioritised("1 ", "2006-01-02T15:04:05.000000Z07:00", " lb1 haproxy 4242 - - "), plain},
	"wire":        {prioritised("", time.Stamp, " haproxy[4242]: "), plain},
	"raw":         {stamped("", ""), plain},
	"cri":         {stamped("2006-01-02T15:04:05.000000000Z07:00", " stdout F "), plain},
	"json":        {stamped(`{"@timestamp":"2006-01-02T15:04:05Z","host":"lb1","program":"haproxy","message":"`, ""), quoted},
	"docker-json": {stamped(`{"log":"`, ""), dockered},
}

// stamped begins lines with a time as a layout has it: the digit 1 is a month there.
func stamped(layout, rest string) func([]byte, time.Time, int) []byte {
	return func(b []byte, at time.Time, _ int) []byte { return append(at.AppendFormat(b, layout), rest...) }
}

func prioritised(version, layout, rest string) func([]byte, time.Time, int) []byte {
	return func(b []byte, at time.Time, pri int) []byte {
		b = append(strconv.AppendInt(append(b, '<'), int64(pri), 10), '>')
		b = append(b, version...)
		return append(at.AppendFormat(b, layout), rest...)
	}
}

func plain(b []byte, text string) []byte { return append(append(b, text...), '\n') }

func quoted(b []byte, text string) []byte {
	return append(append(b, escaped(text)...), "\"}\n"...)
}

func dockered(b []byte, text string) []byte {
	return append(append(b, escaped(text)...), `\n","stream":"stdout","time":"2026-11-21T07:38:02.217407123Z"}`+"\n"...)
}

// escaped is the text as JSON has it, without the quotes.
func escaped(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always has its JSON
	}
	return b[1 : len(b)-1]
}
