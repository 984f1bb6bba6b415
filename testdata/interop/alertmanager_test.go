package interop_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// resend is how often the daemon of this test tells Alertmanager what is open.
const resend = "1s"

// TestEndToEndAlertmanager has a real Alertmanager receive, group and resolve alerts,
// killed and restarted during an outage, and the daemon killed beside it: nothing that is
// open is lost, and nothing is called over that is not.
func TestEndToEndAlertmanager(t *testing.T) {
	t.Parallel()
	am := newAlertmanager(t)
	conf := filepath.Join(t.TempDir(), "haproxy-alert.toml")
	text := `journal = "` + filepath.Join(t.TempDir(), "journal") + `"
[[listen]]
address = "tcp://127.0.0.1:0"
[incidents]
group_wait = "100ms"
[[alertmanager]]
name = "am"
urls = ["http://` + am.addr.String() + `"]
resend = "` + resend + `"
`
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := buildDaemon(t)
	d := startDaemon(t, binary, conf)
	say := func(texts ...string) {
		f := &forwarder{}
		f.connect(t, d.listener(t, "tcp"))
		defer f.conn.Close()
		for _, text := range texts {
			f.log(alarm, text)
		}
		f.send(false)
	}
	const left, online = " 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
		" 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue."
	down := func(server string) string {
		return "Server " + server + " is DOWN, reason: Layer4 timeout, check duration: 2001ms." + left
	}
	up := func(server string) string {
		return "Server " + server + " is UP, reason: Layer4 check passed, check duration: 1ms." + online
	}

	say(down("be_app/s1"), down("be_app/s2"), down("be_web/s1"))
	all := []string{"HAProxyServerDown be_app/s1", "HAProxyServerDown be_app/s2", "HAProxyServerDown be_web/s1"}
	am.awaitFiring(t, patience, all...)
	eventually(t, patience, "receiver: both groups", func() bool { return len(am.receiver.all()) >= 2 })

	say(up("be_web/s1"))
	am.awaitFiring(t, patience, all[:2]...)
	eventually(t, patience, "receiver: one group resolved", func() bool { return am.receiver.resolved() == 1 })

	// Alertmanager forgets alerts when it ends, whichever way; they are there again soon.
	began := time.Now()
	am.Kill()
	am.start(t)
	am.awaitFiring(t, patience, all[:2]...)
	t.Logf("alertmanager: all is back %v after kill -9", time.Since(began).Round(10*time.Millisecond))
	am.end(t)
	am.start(t)
	am.awaitFiring(t, patience, all[:2]...)

	// Our own death is no recovery.
	d.Kill()
	wait(2 * time.Second)
	am.awaitFiring(t, time.Second, all[:2]...)
	d = startDaemon(t, binary, conf)
	wait(2 * time.Second)
	am.awaitFiring(t, time.Second, all[:2]...)
	if n := am.receiver.resolved(); n != 1 {
		t.Errorf("receiver was told %d times that something is over, want once:\n%q", n, am.receiver.all())
	}

	// What ends while Alertmanager is away is told when it is back.
	am.Kill()
	say(up("be_app/s1"))
	eventually(t, patience, "daemon: cannot reach it", func() bool { return d.said("cannot send notice, will try again") != nil })
	am.start(t)
	am.awaitFiring(t, patience, all[1])
	say(up("be_app/s2"))
	am.awaitFiring(t, patience)
	d.stop(t)
	t.Logf("alertmanager: receiver was told %q", am.receiver.all())
}
