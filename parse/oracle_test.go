package parse

import (
	"regexp"
	"strings"
	"testing"

	"haproxy-alert/testdata/corpus"
)

// grammar is a second set of regexps for the message bodies, written by another
// hand than the table and checked against captures of sixteen versions. It is
// the oracle of the tests here.
type grammar map[string]*regexp.Regexp

func loadGrammar(tb testing.TB) grammar {
	tb.Helper()
	g := grammar{}
	for line := range strings.Lines(string(corpus.File("grammar.tsv"))) {
		name, pattern, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		g[name] = regexp.MustCompile("(?s)" + pattern)
	}
	return g
}

// said is what the grammar makes of a line: the name of its rule and its groups.
type said struct {
	rule   string
	groups map[string]string
}

func (g grammar) read(body string) (said, bool) {
	for rule, re := range g {
		m := re.FindStringSubmatch(body)
		if m == nil {
			continue
		}
		groups := map[string]string{}
		for i, name := range re.SubexpNames() {
			if name != "" {
				groups[name] = m[i]
			}
		}
		return said{rule: rule, groups: groups}, true
	}
	return said{}, false
}

// kind is what the rule's line reports by the design's list of kinds.
func (s said) kind() Kind {
	switch s.rule {
	case "server_op":
		return map[string]Kind{"DOWN": ServerDown, "UP": ServerUp, "stopping": ServerStopping}[s.groups["st"]]
	case "check":
		if s.groups["res"] == "failed" {
			return CheckFailed
		}
		return CheckPassed
	case "v14_maint":
		return map[bool]Kind{true: ServerMaint, false: ServerUp}[strings.HasPrefix(s.groups["st"], "DOWN")]
	case "v14_nolb":
		return map[string]Kind{"disabled": ServerStopping, "enabled again": ServerUp}[s.groups["st"]]
	case "proxy_pause":
		return map[byte]Kind{'P': ProxyPaused, 'E': ProxyResumed, 'R': ProxyResumed}[s.groups["verb"][0]]
	}
	return map[string]Kind{
		"server_maint_start": ServerMaint, "server_maint_was_down": ServerMaint, "server_maint_end": ServerMaintEnd,
		"server_maint_partial": ServerAdmin, "server_maint_resolves": ServerAdmin, "server_maint_remains": ServerAdmin,
		"server_drain_start": ServerDrain, "server_drain_end": ServerDrainEnd, "server_drain_remains": ServerAdmin,
		"server_dns_ready": ServerMaintEnd, "backend_down": NoServer, "ip_change_old": ServerAddr,
		"ip_change_new": ServerAddr, "fqdn_change": ServerAddr, "proxy_started": ProxyStarted,
		"proxy_stopped": ProxyStopped, "proxy_stopping": ProxyStopping, "proxy_hardstop": ProxyHardStop,
		"process": ProxyHardStop, "sighup": StateDump,
	}[s.rule]
}

// cause is what the grammar names, under several names, as whom or what changed
// the state.
func (s said) cause() string {
	g := s.groups
	if s.rule == "server_dns_ready" {
		return "valid DNS answer"
	}
	return strings.TrimSpace(g["cause"] + g["by"] + strings.TrimPrefix(g["opcause"], "changed from "))
}

// header is what precedes a body in format rfc3164 or local.
var header = regexp.MustCompile(`\A<\d+>\w{3} [ \d]\d [\d:]{8} (?:\S+ )?[^\[\]:]*\[\d+\]: `)

// body cuts the header off, if that is what the line begins with.
func body(line string) (string, bool) {
	at := header.FindStringIndex(line)
	if at == nil {
		return "", false
	}
	return line[at[1]:], true
}
