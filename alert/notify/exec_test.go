package notify

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haproxy-alert/alert"
	"haproxy-alert/alert/notify/internal/notifytest"
)

// A program sees its notice, and an environment that nobody can break out of.
func TestExecSeesTheNotice(t *testing.T) {
	t.Setenv("HAPROXY_ALERT_LEAK", "a variable of ours")
	out := filepath.Join(t.TempDir(), "out")
	e := &Exec{
		Command: []string{"/bin/sh", "-c", `cat >"$0.json"; env -0 >"$0.env"`, out}, Env: map[string]Secret{"TOKEN": "s3cret"},
	}
	if _, err := e.Notify(t.Context(), notifytest.Dispatch(notifytest.Hostile())); err != nil {
		t.Fatal(err)
	}
	var got Payload
	text, err := os.ReadFile(out + ".json")
	if err != nil || json.Unmarshal(text, &got) != nil || got.ID != notifytest.Problem().ID || got.Channel != "ops" {
		t.Errorf("%v: %.200s", err, text)
	}
	env, _ := os.ReadFile(out + ".env")
	seen := map[string]string{}
	for v := range strings.SplitSeq(strings.Trim(string(env), "\x00"), "\x00") {
		name, value, _ := strings.Cut(v, "=")
		seen[name] = value
		if strings.ContainsAny(value, "\r\n\x1b") {
			t.Errorf("%s is %q", name, value)
		}
	}
	if seen["HAPROXY_ALERT_KIND"] != "problem" || seen["TOKEN"] != "s3cret" || seen["HAPROXY_ALERT_LEAK"] != "" || seen["X-Evil: 1"] != "" ||
		seen["HAPROXY_ALERT_OPENED"] != "2026-11-05T10:20:30+01:00" || seen["HAPROXY_ALERT_ATTEMPT"] != "1" {
		t.Errorf("environment %q", seen)
	}
}

// A program that does not end is ended with its children; what it said stands in the error.
func TestExecIsBounded(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pid")
	e := &Exec{Command: []string{"/bin/sh", "-c", "yes | head -c 1000000; echo last; sleep 1000 & echo $! >" + pids + "; wait"}}
	var pid string
	for limit := time.Second; pid == ""; limit *= 4 { // a busy machine takes its time to come so far
		e.Timeout = Duration(limit)
		begin := time.Now()
		_, err := e.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
		if took := time.Since(begin); took > limit+time.Minute {
			t.Errorf("took %v", took)
		}
		text, _ := os.ReadFile(pids)
		if pid = strings.TrimSpace(string(text)); pid == "" && limit < time.Minute {
			continue
		}
		if err == nil || alert.IsPermanent(err) || !strings.Contains(err.Error(), "longer than "+limit.String()+": last") || len(err.Error()) > 1000 {
			t.Fatalf("Notify: %v", err)
		}
	}
	for begin := time.Now(); time.Since(begin) < time.Minute; <-time.After(20 * time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Errorf("its child %s lives on", pid)
}

// A program that prints its secret does not bring it into an error or a trace.
func TestExecSecretsStayOut(t *testing.T) {
	var trace bytes.Buffer
	e := &Exec{Command: []string{"/bin/sh", "-c", `echo first; echo "no login with $TOKEN" >&2; exit 3`}, Env: map[string]Secret{"TOKEN": "s3cret"}, Trace: &trace}
	_, err := e.Notify(t.Context(), notifytest.Dispatch(notifytest.Problem()))
	if err == nil || err.Error() != "exec : exit status 3: no login with ***" || alert.IsPermanent(err) {
		t.Errorf("Notify: %v", err)
	}
	if !strings.HasPrefix(trace.String(), "> /bin/sh, 2 arguments, ") || !strings.HasSuffix(trace.String(), "\n< exit status 3: no login with ***\n") {
		t.Errorf("trace:\n%s", &trace)
	}
}
