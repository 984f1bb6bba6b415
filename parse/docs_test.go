package parse

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// messagesPage is generated from the table, so that it cannot tell otherwise.
const messagesPage = "../docs/messages.md"

func TestMessagesPage(t *testing.T) {
	want := page()
	if *update {
		if err := os.WriteFile(messagesPage, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(messagesPage)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the table says; run go test ./parse -update", messagesPage)
	}
}

func page() []byte {
	var b bytes.Buffer
	b.WriteString(`# The health lines of HAProxy

Every line HAProxy 1.4 to 3.5 logs about the state of a server, a proxy or itself, as ` + "`haproxy-alert`" + ` recognises it.
This page is generated from the table in ` + "`parse`" + ` by ` + "`go test ./parse -update`" + `; change it there.

Rows of kind ` + "`none`" + ` are known and no event. Versions are those of the wording: "1.5→" means 1.5 and later. A line cut at HAProxy's
length limit is the event its beginning says once one of the row's verbs is there, unless another row may begin so too.

## What each kind leads to

Keys in ` + "`code`" + ` stand in config.example.toml, which has their defaults.

| kind | what it leads to |
|---|---|
`)
	for k := None; int(k) < len(kindNames); k++ {
		fmt.Fprintf(&b, "| `%v` | %s |\n", k, leadsTo(k))
	}
	b.WriteString(`
## The rows

| row | kind | versions | example |
|---|---|---|---|
`)
	for _, s := range Shapes() {
		fmt.Fprintf(&b, "| [%s](#%s) | `%v` | %s | %s |\n", s.Row, strings.ToLower(s.Row), s.Kind, s.Versions, cell(s.Example))
	}
	for _, s := range Shapes() {
		fmt.Fprintf(&b, "\n## %s\n\n`%v`, HAProxy %s. Written by %s.\n\n```\n%s\n```\n\n```\n%s\n```\n",
			s.Row, s.Kind, s.Versions, s.Source, s.Example, s.Pattern)
	}
	return b.Bytes()
}

// leadsTo says what package alert makes of a line of the kind; its scenes hold it.
func leadsTo(k Kind) string {
	switch k {
	case None:
		return "nothing"
	case ServerDown:
		return "opens the server's outage (`problem`, severity alert), or planned work when an operator did it; many at once are one `digest`"
	case ServerUp:
		return "ends what is open of the server (`recovery`), and that of its proxy"
	case ServerStopping, ServerDrain, ServerMaint:
		return "opens planned work (`planned`, severity notice); `planned` says otherwise"
	case ServerDrainEnd, ServerMaintEnd:
		return "ends planned work, or says that the server is down"
	case ServerAdmin, ServerAddr:
		return "nothing; `why` shows it"
	case CheckFailed, CheckPassed:
		return "lends its reason to the next line of the server; stands for a DOWN or UP line that is not logged"
	case NoServer:
		return "opens the proxy's outage at once (`problem`, severity emerg), with its servers in one notice"
	case ProxyStarted:
		return "a start: what goes down within `reload_grace` is gathered"
	case ProxyStopping, ProxyStopped:
		return "a reload or stop: as a start, and what is open becomes `unknown` when nothing is said of it for `reload_quiet`"
	case ProxyPaused, ProxyResumed:
		return "nothing; `why` shows it"
	case ProxyHardStop:
		return "an old process that ended by force, one notice for all its lines: kept back unless `hard_stops = true`, " +
			"then `planned`, severity notice; `why`, `replay` and `status` show it in any case"
	case ProxyLimit:
		return "opens an incident of the proxy, or of the process, for each limit (`problem`, severity emerg; notice for the QUIC row, " +
			"with which HAProxy goes on); no line says that it is over: it counts as over after `limit_quiet` without a further one"
	case EventsDropped:
		return "HAProxy lost events: what is known of servers may be stale (`blind`, severity alert), until none were lost for `drops`"
	case StateDump:
		return "nothing: what it says was told when it happened"
	}
	return ""
}

func TestEveryKindLeadsSomewhere(t *testing.T) {
	for k := None; int(k) < len(kindNames); k++ {
		if leadsTo(k) == "" {
			t.Errorf("docs/messages.md does not say what %v leads to", k)
		}
	}
}

// cell quotes an example for a table.
func cell(example string) string {
	return "`" + strings.ReplaceAll(example, "|", `\|`) + "`"
}
