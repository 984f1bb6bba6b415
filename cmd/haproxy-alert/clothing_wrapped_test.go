package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"haproxy-alert/parse"
	"haproxy-alert/syslog"
	"haproxy-alert/syslog/logfile"
	"haproxy-alert/syslog/wrap"
	"haproxy-alert/testdata/corpus"
)

// stampedAt is what wrappings say of the time; they say nothing else of their own.
const stampedAt = "2026-11-21T07:38:02.217407123Z"

// wrappings write a line into a log as journals, container runtimes and log
// shippers do, with the line's end.
var wrappings = map[string]func(b *bytes.Buffer, line []byte){
	wrap.CRI: func(b *bytes.Buffer, line []byte) {
		fmt.Fprintf(b, "%s stdout F %s\n", stampedAt, line)
	},
	wrap.Docker: func(b *bytes.Buffer, line []byte) {
		fmt.Fprintf(b, "%s %s\n", stampedAt, line)
	},
	wrap.DockerJSON: func(b *bytes.Buffer, line []byte) {
		fmt.Fprintf(b, `{"log":%s,"stream":"stderr","time":"%s"}`+"\n", quoted(string(line)+"\n"), stampedAt)
	},
	wrap.JournalJSON: func(b *bytes.Buffer, line []byte) {
		fmt.Fprintf(b, `{"PRIORITY":"6","__CURSOR":"s=1;i=2","MESSAGE":%s,"__REALTIME_TIMESTAMP":"1795246682217407"}`+"\n", quoted(string(line)))
	},
	wrap.JournalExport: func(b *bytes.Buffer, line []byte) {
		b.WriteString("__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1795246682217407\nSYSLOG_RAW\n")
		b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(line)+1)))
		fmt.Fprintf(b, "%s\n\nPRIORITY=6\n\n", line)
	},
	wrap.JSON: func(b *bytes.Buffer, line []byte) {
		fmt.Fprintf(b, `{"@timestamp":"%s","log":{"offset":7},"message":%s,"input":{"type":"syslog"}}`+"\n", stampedAt, quoted(string(line)))
	},
	wrap.JSON + " bytes": func(b *bytes.Buffer, line []byte) { // what is no UTF-8, as journald does
		fmt.Fprintf(b, `{"MESSAGE":[`)
		for i, c := range line {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprint(b, c)
		}
		b.WriteString("]}\n")
	},
}

func quoted(s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has its JSON
	}
	return text
}

// TestClothingsWrapped puts every captured log into every wrapping, and reads the
// same events of the same processes out of it.
func TestClothingsWrapped(t *testing.T) {
	for clothing, wrap := range wrappings {
		t.Run(clothing, func(t *testing.T) {
			t.Parallel()
			lines, events := 0, 0
			for name, data := range corpus.Files("haproxy-*/*.log") {
				var log bytes.Buffer
				var want []telling
				for line := range bytes.Lines(data) {
					line = bytes.TrimSuffix(line, []byte{'\n'})
					wrap(&log, line)
					want = append(want, tell(t, line))
				}
				got := readLog(t, &log)
				if len(got) != len(want) {
					t.Fatalf("%s: %d lines, want %d", name, len(got), len(want))
				}
				for i, w := range want {
					if got[i].said() != w.said() || got[i].pid != w.pid {
						t.Errorf("%s:%d: %+v, want %+v", name, i+1, got[i], w)
					}
					if w.kind != parse.None {
						events++
					}
				}
				lines += len(want)
			}
			t.Logf("%d lines, %d events", lines, events)
			if lines < 30_000 || events < 7_000 {
				t.Error("the corpus is not all there")
			}
		})
	}
}

// readLog reads a log as replay does.
func readLog(t *testing.T, log *bytes.Buffer) (all []telling) {
	t.Helper()
	l, err := logfile.Open("-", log)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	line := syslog.Timeline{Location: time.UTC, Written: captured}
	for frame, err := range l.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		m := line.Parse(frame)
		ev, ok := parse.Line(m.Text)
		if candidate := parse.Candidate(syslog.Body(frame)); ok && !candidate {
			t.Errorf("an event, but its body is no candidate: %q", frame)
		}
		all = append(all, telling{ev.Kind, ev.Proxy, ev.Server, m.PID, m.Severity})
	}
	return all
}
