package wrap

import (
	"haproxy-alert/syslog/internal/scan"
)

// Field is what a field around a line tells of it.
type Field uint8

// What fields tell of a line.
const (
	lineField     Field = iota // the line itself
	HostField                  // where it was written
	TagField                   // by which program
	PIDField                   // by which process
	TimeField                  // when
	SeverityField              // as a number
	FacilityField              // as a number
	cursorField                // the field that marks a journal's entries
	streamField                // the field that marks a container runtime's lines
	fieldCount
)

// key is the name of a field, and its role.
type key struct {
	name string
	role Field
}

// keys are the names that are known, of one role the better ones first. Upper
// case is the journal's (systemd.journal-fields(7)) and syslog-ng's, the rest are
// what rsyslog, Logstash, Filebeat, Fluent Bit, Fluentd, Vector and Docker write.
//
// SYSLOG_RAW is the datagram as HAProxy sent it. The journal keeps it whenever
// MESSAGE is not just the rest of it, which is always: HAProxy ends it with LF.
var keys = [...]key{
	{"SYSLOG_RAW", lineField},
	{"MESSAGE", lineField},
	{"message", lineField},
	{"msg", lineField},
	{"log", lineField},
	{"@message", lineField},
	{"_HOSTNAME", HostField},
	{"hostname", HostField},
	{"host", HostField},
	{"host.name", HostField},
	{"HOSTNAME", HostField},
	{"HOST", HostField},
	{"SYSLOG_IDENTIFIER", TagField},
	{"programname", TagField},
	{"program", TagField},
	{"appname", TagField},
	{"ident", TagField},
	{"tag", TagField},
	{"PROGRAM", TagField},
	{"SYSLOG_PID", PIDField},
	{"_PID", PIDField},
	{"procid", PIDField},
	{"pid", PIDField},
	{"PID", PIDField},
	{"_SOURCE_REALTIME_TIMESTAMP", TimeField},
	{"__REALTIME_TIMESTAMP", TimeField},
	{"time", TimeField},
	{"timestamp", TimeField},
	{"@timestamp", TimeField},
	{"date", TimeField},
	{"SYSLOG_TIMESTAMP", TimeField},
	{"PRIORITY", SeverityField},
	{"severity", SeverityField},
	{"SYSLOG_FACILITY", FacilityField},
	{"facility", FacilityField},
	{"__CURSOR", cursorField},
	{"stream", streamField},
}

// keysByLength are the indexes of keys by the length of their names.
var keysByLength = func() (byLength [len("_SOURCE_REALTIME_TIMESTAMP") + 1][]uint8) {
	for i, k := range keys {
		byLength[len(k.name)] = append(byLength[len(k.name)], uint8(i))
	}
	return byLength
}()

// keyOf returns the index in keys of a name, -1 when it is not known.
func keyOf(name []byte) int {
	if len(name) < len(keysByLength) {
		for _, i := range keysByLength[len(name)] {
			if keys[i].name == string(name) {
				return int(i)
			}
		}
	}
	return -1
}

// fields gathers what the fields around a line say.
type fields struct {
	value [fieldCount][]byte
	rank  [fieldCount]int // of the value: its index in keys plus one, 0 for none
	twice bool            // a field that may hold the line came twice
	line  scan.Span       // where the line's value stands
}

// take keeps the value of a field, which ends at end, unless one of a better name
// is there.
func (s *fields) take(name, value []byte, end int) {
	i := keyOf(name)
	if i < 0 {
		return
	}
	r := keys[i].role
	s.twice = s.twice || r == lineField && s.rank[r] == i+1
	if s.rank[r] == 0 || i+1 < s.rank[r] {
		s.value[r], s.rank[r] = value, i+1
		if r == lineField {
			s.line = scan.Span{From: end - len(value), To: end}
		}
	}
}
