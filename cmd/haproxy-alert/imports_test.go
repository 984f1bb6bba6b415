package main

import (
	"go/build"
	"slices"
	"strings"
	"testing"
)

// arrow says what a package may import beyond the standard library, and what of
// that library it may not. Trailing dots stand for all below.
type arrow struct {
	may []string
	not []string
}

const module = "haproxy-alert/"

// opens are the parts of the library that open something or tell the log: the core does
// neither.
var opens = []string{"net", "net/...", "os", "os/...", "crypto/tls", "io/fs", "log/..."}

// pure packages look at bytes, and open nothing.
var pure = []string{"net", "net/...", "os", "os/...", "log/...", "io", "context"}

// arrows are the house rules of docs and CONTRIBUTING: data flows one way, the
// core opens nothing.
var arrows = map[string]arrow{
	"parse":                {not: []string{"net", "net/...", "os", "os/...", "io", "time", "log/..."}},
	"syslog/internal/scan": {not: pure},
	"syslog/timestamp":     {may: []string{module + "syslog/internal/scan"}, not: pure},
	"syslog/header":        {may: []string{module + "syslog/internal/scan", module + "syslog/timestamp"}, not: pure},
	"syslog/wrap":          {may: []string{module + "syslog/internal/scan", module + "syslog/timestamp"}, not: pure},
	"syslog": {
		may: []string{
			module + "syslog/internal/scan", module + "syslog/timestamp", module + "syslog/header", module + "syslog/wrap",
			"gopkg.in/mcuadros/go-syslog.v2/...",
		},
		not: []string{"net", "net/http", "os", "os/exec", "crypto/tls", "log/..."},
	},
	"syslog/logfile": {
		may: []string{
			module + "syslog/internal/scan", module + "syslog/timestamp", module + "syslog/wrap",
			"github.com/klauspost/compress/...", "github.com/ulikunitz/xz", "golang.org/x/sys/unix",
		},
		not: []string{"net", "net/...", "os/exec", "crypto/tls", "log/..."},
	},
	"syslog/follow": {
		may: []string{module + "syslog/logfile", "github.com/fsnotify/fsnotify"},
		not: []string{"net", "net/...", "os/exec", "crypto/tls"},
	},
	"syslog/receive": {
		may: []string{module + "syslog", module + "syslog/framing", module + "syslog/internal/scan", "golang.org/x/sys/unix"},
		not: []string{"net/http", "os/exec"},
	},
	"syslog/framing": {not: append([]string{"time"}, pure...)},
	"alert": {
		may: []string{module + "parse"},
		not: opens,
	},
	"alert/dedup": {
		may: []string{module + "alert", module + "parse"},
		not: opens,
	},
	"alert/health": {
		may: []string{module + "alert", module + "parse"},
		not: opens,
	},
	"alert/incident": {
		may: []string{module + "alert", module + "alert/health", module + "parse"},
		not: opens,
	},
	"alert/route": {
		may: []string{module + "alert"},
		not: opens,
	},
	"alert/group": {
		may: []string{module + "alert", module + "alert/health", module + "alert/incident", module + "alert/route"},
		not: opens,
	},
	"alert/template": {
		may: []string{module + "alert", module + "parse"},
		not: opens,
	},
	"alert/message": {
		may: []string{module + "alert", module + "alert/health", module + "alert/incident", module + "alert/group", module + "alert/template"},
		not: opens,
	},
	"alert/outbox": {
		may: []string{module + "alert", module + "alert/template"},
		not: opens,
	},
	"alert/engine": {
		may: []string{module + "alert", module + "alert/dedup", module + "alert/health", module + "alert/incident", module + "alert/route", module + "alert/group", module + "alert/message", module + "alert/template", module + "alert/outbox"},
		not: opens,
	},
	"alert/loop": {
		may: []string{module + "alert", module + "alert/engine"},
		not: []string{"net", "net/...", "os", "os/...", "crypto/tls", "io/fs"},
	},
	"alert/journal": {
		may: []string{module + "alert", module + "parse", "golang.org/x/sys/unix"},
		not: []string{"net", "net/...", "os/exec", "crypto/tls"},
	},
	"alert/notify": {
		may: []string{module + "alert"},
	},
	"alert/notify/mail": {
		may: []string{
			module + "alert", module + "alert/notify", "github.com/jordan-wright/email",
			"github.com/emersion/go-smtp", "github.com/emersion/go-sasl",
		},
		not: []string{"net/http", "os/exec"},
	},
	"alert/notify/web": {
		may: []string{module + "alert", module + "alert/notify", module + "alert/template"},
		not: []string{"net/smtp", "os/exec"},
	},
	"cmd/haproxy-alert/term":      {may: []string{"golang.org/x/term"}, not: []string{"net", "net/..."}},
	"cmd/haproxy-alert/recognise": {may: []string{module + "alert", module + "parse", module + "syslog"}, not: opens},
	"cmd/haproxy-alert/control": {
		may: []string{module + "alert", module + "alert/engine", module + "alert/journal", module + "alert/loop", module + "alert/route", module + "cmd/haproxy-alert/term", "golang.org/x/sys/unix"},
	},
	"cmd/haproxy-alert/history": {
		may: []string{module + "alert", module + "alert/engine", module + "alert/journal", module + "alert/template", module + "cmd/haproxy-alert/term", module + "cmd/haproxy-alert/control"},
		not: []string{"net", "net/...", "os/..."},
	},
	"cmd/haproxy-alert/logs": {
		may: []string{module + "parse", module + "syslog", module + "syslog/...", module + "cmd/haproxy-alert/term", module + "cmd/haproxy-alert/config", module + "cmd/haproxy-alert/recognise", "github.com/spf13/cobra"},
		not: []string{"net", "net/..."},
	},
	"cmd/haproxy-alert/intake": {
		may: []string{module + "alert", module + "alert/loop", module + "parse", module + "syslog", module + "syslog/...", module + "cmd/haproxy-alert/term", module + "cmd/haproxy-alert/config", module + "cmd/haproxy-alert/recognise", "github.com/coreos/go-systemd/v22/activation"},
		not: []string{"net/http", "os/exec"},
	},
	"cmd/haproxy-alert/config": {
		may: []string{module + "alert", module + "alert/notify", module + "alert/notify/...", module + "alert/template", module + "alert/route", module + "syslog", module + "syslog/...", module + "cmd/haproxy-alert/term", "github.com/BurntSushi/toml"},
		not: []string{"net/http"},
	},
}

func TestImportArrows(t *testing.T) {
	for dir, a := range arrows {
		pkg, err := build.ImportDir("../../"+dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range pkg.Imports {
			if why := a.forbids(imported); why != "" {
				t.Errorf("%s imports %s: %s", dir, imported, why)
			}
		}
	}
}

// forbids returns why the import breaks the arrow, or nothing.
func (a arrow) forbids(imported string) string {
	host, _, _ := strings.Cut(imported, "/")
	standard := !strings.Contains(host, ".") && !strings.HasPrefix(imported, module)
	switch {
	case standard && matches(a.not, imported):
		return "not allowed here"
	case !standard && !matches(a.may, imported):
		return "not among what it may import"
	}
	return ""
}

func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if below, ok := strings.CutSuffix(p, "/..."); ok {
			return strings.HasPrefix(path, below+"/")
		}
		return p == path
	})
}

// The rule must bite.
func TestImportArrowsBite(t *testing.T) {
	for dir, bad := range map[string][]string{
		"parse": {"os", "net/http", module + "alert", "github.com/spf13/cobra"},
		"alert": {"net", "os", "crypto/tls", "os/exec", module + "syslog"},
	} {
		for _, imported := range bad {
			if arrows[dir].forbids(imported) == "" {
				t.Errorf("%s may import %s", dir, imported)
			}
		}
	}
	if why := arrows["alert"].forbids("time"); why != "" {
		t.Errorf("alert may not import time: %s", why)
	}
}
