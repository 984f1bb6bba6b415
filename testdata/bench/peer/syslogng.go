package peer

import (
	"context"
	"path/filepath"

	"haproxy-alert/testdata/program"
)

// SyslogNG is syslog-ng, unpacked beside the system.
func SyslogNG() Kind {
	find := func() error { _, _, err := LookBeside("syslog-ng", "usr/sbin/syslog-ng"); return err }
	return Kind{Name: "syslog-ng", Rule: begins, find: find, start: startSyslogNG}
}

func startSyslogNG(ctx context.Context, s setting) (*Receiver, error) {
	path, env, err := LookBeside("syslog-ng", "usr/sbin/syslog-ng")
	if err != nil {
		return nil, err
	}
	modules, _ := filepath.Glob(filepath.Join(cache, "syslog-ng", "usr/lib/syslog-ng/*.*/"))
	if len(modules) == 0 {
		return nil, Missing{"syslog-ng", "it was unpacked without its modules"}
	}
	conf, err := write("syslog-ng.conf", s.Dir, s)
	if err != nil {
		return nil, err
	}
	file := func(name string) string { return filepath.Join(s.Dir, name) }
	p, err := program.Command{Path: path, Env: env, Args: []string{
		"--foreground", "--no-caps", "--module-path", modules[0], "--cfgfile", conf,
		"--persist-file", file("persist"), "--pidfile", file("pid"), "--control", file("control"),
	}}.Start(ctx)
	if err != nil {
		return nil, err
	}
	return keeping(p, s), nil
}
