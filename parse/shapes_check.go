package parse

// status is the end of a check line: n of m, and the state by that check.
const status = `, status: (?P<num>-?\d+)/(?P<den>\d+) (?P<state>UP|DOWN|DRAIN)\.`

// checkShapes are the lines of option log-health-checks: what one check found,
// which need not be what the server is taken for.
var checkShapes = []definition{
	{
		name: "C1a", kind: CheckFailed, versions: "1.4→", of: checked,
		source:  "set_server_check_status in src/check.c; src/checks.c (1.4–2.1)",
		verbs:   []string{" failed"},
		pattern: ` failed(?:` + check + `)?` + via + status,
		example: `Health check for backup server be-expect/x-2.example.net failed, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms, status: 0/2 DOWN.`,
	},
	{
		name: "C1b", kind: CheckPassed, versions: "1.4→", of: checked,
		source:  "set_server_check_status in src/check.c; src/checks.c (1.4–2.1)",
		verbs:   []string{" succeeded", " conditionally succeeded"},
		pattern: `(?P<conditional> conditionally)? succeeded(?:` + check + `)?` + via + status,
		example: `Agent check for server be_agent/a1 succeeded, reason: Layer7 check passed, code: 0, info: "via agent : up", check duration: 0ms, status: 1/1 UP.`,
	},
}
