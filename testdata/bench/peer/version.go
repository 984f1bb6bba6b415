package peer

import (
	"os/exec"
	"regexp"
)

// Versions names the peers as they call themselves, and those that are not there.
func Versions() []string {
	var all []string
	for _, p := range []struct {
		name, program, flag string
		find                func(string) (string, []string, error)
	}{
		{"rsyslog", "rsyslogd", "-v", installed},
		{"syslog-ng", "usr/sbin/syslog-ng", "--version", beside("syslog-ng")},
		{"HAProxy", "haproxy", "-v", installed},
		{"mtail", "usr/bin/mtail", "--version", beside("mtail")},
		{"grep", "grep", "--version", installed},
		{"wc", "wc", "--version", installed},
		{"gzip", "gzip", "--version", installed},
		{"zstd", "zstd", "--version", installed},
	} {
		path, env, err := p.find(p.program)
		if err != nil {
			all = append(all, "no "+p.name)
			continue
		}
		cmd := exec.Command(path, p.flag)
		cmd.Env = append(cmd.Environ(), env...)
		said, _ := cmd.CombinedOutput() // some exit with an error after it
		all = append(all, p.name+" "+versionIn(string(said)))
	}
	return all
}

func installed(program string) (string, []string, error) {
	path, err := Look(program)
	return path, nil, err
}

func beside(folder string) func(string) (string, []string, error) {
	return func(program string) (string, []string, error) { return LookBeside(folder, program) }
}

// versionIn is the first thing that looks like one.
func versionIn(said string) string {
	if v := regexp.MustCompile(`\d+(\.\d+)+[-~\w.+]*`).FindString(said); v != "" {
		return v
	}
	return "unknown"
}
