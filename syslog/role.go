package syslog

// role is what a field around a line tells of it.
type role uint8

const (
	roleLine     role = iota // the line itself
	roleHost                 // where it was written
	roleTag                  // by which program
	rolePID                  // by which process
	roleTime                 // when
	roleSeverity             // as a number
	roleFacility             // as a number
	roleCursor               // the field that marks a journal's entries
	roleStream               // the field that marks a container runtime's lines
	roles
)

// key is the name of a field, and its role.
type key struct {
	name string
	role role
}

// keys are the names that are known, of one role the better ones first. Upper
// case is the journal's (systemd.journal-fields(7)) and syslog-ng's, the rest are
// what rsyslog, Logstash, Filebeat, Fluent Bit, Fluentd, Vector and Docker write.
//
// SYSLOG_RAW is the datagram as HAProxy sent it. The journal keeps it whenever
// MESSAGE is not just the rest of it, which is always: HAProxy ends it with LF.
var keys = [...]key{
	{"SYSLOG_RAW", roleLine},
	{"MESSAGE", roleLine},
	{"message", roleLine},
	{"msg", roleLine},
	{"log", roleLine},
	{"@message", roleLine},
	{"_HOSTNAME", roleHost},
	{"hostname", roleHost},
	{"host", roleHost},
	{"host.name", roleHost},
	{"HOSTNAME", roleHost},
	{"HOST", roleHost},
	{"SYSLOG_IDENTIFIER", roleTag},
	{"programname", roleTag},
	{"program", roleTag},
	{"appname", roleTag},
	{"ident", roleTag},
	{"tag", roleTag},
	{"PROGRAM", roleTag},
	{"SYSLOG_PID", rolePID},
	{"_PID", rolePID},
	{"procid", rolePID},
	{"pid", rolePID},
	{"PID", rolePID},
	{"_SOURCE_REALTIME_TIMESTAMP", roleTime},
	{"__REALTIME_TIMESTAMP", roleTime},
	{"time", roleTime},
	{"timestamp", roleTime},
	{"@timestamp", roleTime},
	{"date", roleTime},
	{"SYSLOG_TIMESTAMP", roleTime},
	{"PRIORITY", roleSeverity},
	{"severity", roleSeverity},
	{"SYSLOG_FACILITY", roleFacility},
	{"facility", roleFacility},
	{"__CURSOR", roleCursor},
	{"stream", roleStream},
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

// said gathers what the fields around a line say.
type said struct {
	value [roles][]byte
	rank  [roles]int // of the value: its index in keys plus one, 0 for none
	twice bool       // a field that may hold the line came twice
	line  span       // where the line's value stands
}

// take keeps the value of a field, which ends at end, unless one of a better name
// is there.
func (s *said) take(name, value []byte, end int) {
	i := keyOf(name)
	if i < 0 {
		return
	}
	r := keys[i].role
	s.twice = s.twice || r == roleLine && s.rank[r] == i+1
	if s.rank[r] == 0 || i+1 < s.rank[r] {
		s.value[r], s.rank[r] = value, i+1
		if r == roleLine {
			s.line = span{end - len(value), end}
		}
	}
}
