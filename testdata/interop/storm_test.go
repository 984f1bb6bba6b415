package interop_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"haproxy-alert/alert"
	"haproxy-alert/alert/journal"
)

// stormWait is the group_wait of the storms: HAProxy's checks find 200 servers dead
// within a second, on a busy machine within some.
const stormWait = 3 * alert.DefaultGroupWait

// TestEndToEndStorm has a real HAProxy lose 200 servers of four backends at once, be
// reloaded five times meanwhile, and find them again.
func TestEndToEndStorm(t *testing.T) {
	for _, storm := range []struct {
		name  string
		spare bool // each backend keeps one server
		tell  func(*testing.T, *rack)
	}{
		{"most of each backend", true, tellStorm},
		{"all of each backend", false, tellTotalLoss},
	} {
		t.Run(storm.name, func(t *testing.T) {
			t.Parallel()
			storm.tell(t, startRack(t, storm.spare))
		})
	}
}

// tellStorm wants one digest, silence at the reloads, and one digest of the recovery.
func tellStorm(t *testing.T, r *rack) {
	t.Helper()
	r.fail(t)
	box := r.mx.awaitLetters(t, 1, patience)
	r.reloads(t)
	r.recover(t)
	r.mx.awaitLetters(t, 2, patience)

	wait(2 * stormWait) // for a mail too many
	down := box[0]
	box = r.mx.letters(t)
	t.Logf("told:\n%s", subjectsOf(box))
	if len(box) != 2 {
		t.Fatalf("%d mails, want one of the outage and one of its end:\n%s", len(box), subjectsOf(box))
	}
	checkDigest(t, down, "[DOWN] 200 servers down: ")
	checkDigest(t, box[1], "[UP] 200 servers up again: be_pool")
	if up := box[1]; up.inReplyTo != down.messageID {
		t.Errorf("%q is a reply to %q, want %q", up.subject, up.inReplyTo, down.messageID)
	}
	r.stop(t)
}

// tellTotalLoss wants the first backend without any server told at once, the others
// soon after in one digest, silence at the reloads, and one digest of the end.
func tellTotalLoss(t *testing.T, r *rack) {
	t.Helper()
	r.fail(t)
	r.checkAtOnce(t, r.mx.awaitLetters(t, 1, patience)[0])
	wait(2 * stormWait)
	lost := r.mx.letters(t)
	r.reloads(t)
	if box := r.mx.letters(t); len(box) > len(lost) {
		t.Errorf("reloads made %d mails:\n%s", len(box)-len(lost), subjectsOf(box[len(lost):]))
	}
	r.recover(t)
	wait(3 * stormWait)
	back := r.mx.letters(t)[len(lost):]
	t.Logf("told:\n%s%s", subjectsOf(lost), subjectsOf(back))
	checkFew(t, lost, 2, "[DOWN] ")
	checkFew(t, back, 1, "[UP] ")
	r.stop(t)
}

// checkAtOnce checks that the mail was due when the first backend had lost its servers, and
// was not gathered: both by the daemon's clock, however long the mail then took.
func (r *rack) checkAtOnce(t *testing.T, l letter) {
	t.Helper()
	due, err := l.header.Date()
	if err != nil {
		t.Fatal(err)
	}
	for fact, err := range journal.Read(r.journal) {
		if err != nil {
			t.Fatal(err)
		}
		if fact.Kind == alert.Observed && strings.HasSuffix(fact.Text, " has no server available!") {
			if waited := due.Sub(fact.Time); waited > stormWait/2 {
				t.Errorf("%q was due %v after %q", l.subject, waited, fact.Text)
			}
			return
		}
	}
	t.Error("no backend lost its servers")
}

// checkFew checks how many digests and mails about whole backends there are. Beside
// them there may be mails about single servers: those of other backends that were
// found dead just before the first one was empty, if they are too few for a digest.
func checkFew(t *testing.T, box []letter, most int, begin string) {
	t.Helper()
	single := 0
	for _, l := range box {
		if l.header.Get("X-HAProxy-Server") != "" {
			single++
		}
		if !strings.HasPrefix(l.subject, begin) {
			t.Errorf("%q does not begin with %q", l.subject, begin)
		}
	}
	if n := len(box) - single; n < 1 || n > most || single >= alert.DefaultDigest {
		t.Errorf("%d mails about backends and %d about servers, want 1 to %d and less than %d:\n%s",
			n, single, most, alert.DefaultDigest, subjectsOf(box))
	}
}

// A rack is 200 servers that fail together, the load balancer that checks them and
// those who tell of it.
type rack struct {
	*checked
	lb      *haproxy
	d       *daemon
	mx      *postfix
	journal string // the daemon's, a folder
}

const (
	rackBackends = 4
	rackServers  = 50 // of each
	rackReloads  = 5
)

// startRack returns when all is well. With a spare, each backend keeps one server.
func startRack(t *testing.T, spare bool) *rack {
	t.Helper()
	r := &rack{checked: startChecked(t), mx: startPostfix(t), journal: filepath.Join(t.TempDir(), "journal")}
	conf := daemonConfig{
		Journal: r.journal, GroupWait: stormWait, Relay: r.mx.addr, CA: r.mx.cert,
		Digest: alert.DefaultDigest, FlapChanges: alert.DefaultFlapChanges,
	}
	r.d = startDaemon(t, buildDaemon(t), conf.write(t))
	pools := make([]pool, rackBackends)
	for k := range pools {
		pools[k] = pool{Name: fmt.Sprintf("be_pool%d", k+1), Size: rackServers, Addr: r.addr}
		if spare {
			pools[k].Spare = startChecked(t).addr
		}
	}
	r.lb = startHAProxy(t, logTarget{addr: r.d.listener(t, "udp"), format: "rfc5424"}, pools...)
	return r
}

// fail turns all servers off and returns when HAProxy knows.
func (r *rack) fail(t *testing.T) {
	t.Helper()
	r.turnOff(t)
	r.lb.awaitDown(t, rackBackends*rackServers)
}

// recover turns all servers on and returns when HAProxy knows.
func (r *rack) recover(t *testing.T) {
	t.Helper()
	r.turnOn(t)
	r.lb.awaitAllUp(t)
}

// reloads reloads HAProxy five times; each new process finds all servers dead anew.
// A notice of that would be out at the end.
func (r *rack) reloads(t *testing.T) {
	t.Helper()
	for range rackReloads {
		r.lb.reload(t)
		r.lb.awaitDown(t, rackBackends*rackServers)
	}
	wait(stormWait + alert.DefaultReloadGrace)
}

// stop stops the daemon, which must have read what each process of HAProxy said.
func (r *rack) stop(t *testing.T) {
	t.Helper()
	r.d.stop(t)
	const turns = 1 + rackReloads + 1 // down, down again after each reload, up
	if _, events := r.d.counted(t); events < turns*rackBackends*rackServers {
		t.Errorf("daemon read %d health lines, want at least %d", events, turns*rackBackends*rackServers)
	}
}

// checkDigest checks that a mail tells of the rack's servers: it lists some and
// counts the others.
func checkDigest(t *testing.T, l letter, begins string) {
	t.Helper()
	if kind := l.header.Get("X-HAProxy-Kind"); kind != "digest" || !strings.HasPrefix(l.subject, begins) {
		t.Errorf("mail is a %s: %q, want a digest: %q ...", kind, l.subject, begins)
	}
	const all = rackBackends * rackServers
	if listed := strings.Count(l.text, "\n  be_pool"); listed != alert.MaxListed {
		t.Errorf("%q lists %d servers, want %d:\n%s", l.subject, listed, alert.MaxListed, l.text)
	}
	checkWords(t, l, fmt.Sprintf("and %d more", all-alert.MaxListed))
}

func subjectsOf(box []letter) string {
	var b strings.Builder
	for _, l := range box {
		fmt.Fprintf(&b, "  %s: %s\n", l.header.Get("X-HAProxy-Kind"), l.subject)
	}
	return b.String()
}
