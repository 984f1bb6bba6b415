package part

import (
	"os"
	"path/filepath"

	"haproxy-alert/testdata/bench/load"
	"haproxy-alert/testdata/bench/peer"
	"haproxy-alert/testdata/bench/report"
)

// matches are all but that with mtail.
func (p Replay) matches(b *Bench, log load.Log) []match {
	ours := func(path string) peer.Command {
		return peer.Command{Args: []string{b.Binary, "replay", "--json", path}}
	}
	piped := peer.Shell(`cat "$1" | "$2" replay --json -`, log.Plain, b.Binary)
	const health = `\]: ((Backup )?Server [^ ]+ is (DOWN|UP)|(proxy|backend) [^ ]+ has no server available!)`
	fast, slow := p.Pairs, p.SlowPairs
	return []match{
		{
			what: "replay, plain", ours: ours(log.Plain), log: log, name: "wc -l", theirs: peer.Command{Args: []string{"wc", "-l", log.Plain}},
			goal: report.Goal{Kind: report.RatioAtMost, Bound: 1}, pairs: fast, processor: true,
		},
		{what: "replay, plain", ours: ours(log.Plain), log: log, name: "grep -cE", theirs: peer.Command{Args: []string{"grep", "-cE", health, log.Plain}}, pairs: fast},
		{what: "replay, plain", ours: ours(log.Plain), log: log, name: "halog -srv", theirs: peer.Command{Args: []string{"halog", "-srv"}, In: log.Plain}, pairs: fast},
		{what: "replay, from a pipe", ours: piped, log: log, name: "cat | wc -l", theirs: peer.Shell(`cat "$1" | wc -l`, log.Plain), pairs: fast, processor: true},
		{what: "replay, gzip", ours: ours(log.Gzip), log: log, name: "zcat | wc -l", theirs: peer.Shell(`zcat "$1" | wc -l`, log.Gzip), pairs: slow, processor: true},
		{what: "replay, zstd", ours: ours(log.Zstd), log: log, name: "zstdcat | wc -l", theirs: peer.Shell(`zstdcat "$1" | wc -l`, log.Zstd), pairs: slow, processor: true},
	}
}

const mtailProgram = `counter health by server, state
/\]: (Backup )?Server (?P<server>[^ ]+) is (?P<state>DOWN|UP)/ {
  health[$server][$state]++
}
`

// mtail is the match with it; it is slow.
func (p Replay) mtail(b *Bench, log load.Log) match {
	m := match{
		what: "replay, plain, a tenth", ours: peer.Command{Args: []string{b.Binary, "replay", "--json", log.Plain}}, log: log,
		name: "mtail", pairs: p.SlowPairs,
	}
	path, env, err := peer.LookBeside("mtail", "usr/bin/mtail")
	if err != nil {
		if path, err = peer.Look("mtail"); err != nil {
			return m
		}
	}
	progs := filepath.Join(b.Dir, "progs")
	if os.MkdirAll(progs, 0o755) == nil && os.WriteFile(filepath.Join(progs, "health.mtail"), []byte(mtailProgram), 0o644) == nil {
		m.theirs = peer.Command{Args: []string{path, "--one_shot", "--logtostderr", "--progs", progs, "--logs", log.Plain}, Env: env}
	}
	return m
}
