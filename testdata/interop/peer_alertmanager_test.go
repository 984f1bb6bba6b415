package interop_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// alertmanager is a real Alertmanager and the receiver behind it.
type alertmanager struct {
	*process
	binary, amtool, dir string
	addr                netip.AddrPort
	receiver            *groupsReceived
}

const alertmanagerConf = `route:
  receiver: hook
  group_by: [proxy]
  group_wait: 100ms
  group_interval: 200ms
  repeat_interval: 1h
receivers:
  - name: hook
    webhook_configs:
      - url: %s
        send_resolved: true
`

func newAlertmanager(t *testing.T) *alertmanager {
	t.Helper()
	a := &alertmanager{
		binary: lookPeer(t, "prometheus-alertmanager"), amtool: lookPeer(t, "amtool"),
		dir: t.TempDir(), addr: freePort(t), receiver: receiveGroups(t),
	}
	conf := fmt.Sprintf(alertmanagerConf, a.receiver.url)
	if err := os.WriteFile(filepath.Join(a.dir, "alertmanager.yml"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	a.start(t)
	return a
}

// start starts it, at the same address each time, and waits until it is ready.
func (a *alertmanager) start(t *testing.T) {
	t.Helper()
	a.process = startProcess(t, a.binary, "--config.file="+filepath.Join(a.dir, "alertmanager.yml"),
		"--storage.path="+a.dir, "--web.listen-address="+a.addr.String(), "--cluster.listen-address=")
	eventually(t, patience, "alertmanager: ready", func() bool {
		a.alive(t)
		resp, err := http.Get("http://" + a.addr.String() + "/-/ready")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// firing returns the alerts that amtool shows, as "alertname proxy/server", sorted.
func (a *alertmanager) firing(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command(a.amtool, "--alertmanager.url=http://"+a.addr.String(), "alert", "query", "-o", "json").Output()
	if err != nil {
		t.Fatalf("amtool: %v", err)
	}
	var alerts []struct{ Labels map[string]string }
	if err := json.Unmarshal(out, &alerts); err != nil {
		t.Fatalf("amtool said %q: %v", out, err)
	}
	var names []string
	for _, al := range alerts {
		names = append(names, strings.TrimSuffix(al.Labels["alertname"]+" "+al.Labels["proxy"]+"/"+al.Labels["server"], "/"))
	}
	slices.Sort(names)
	return names
}

func (a *alertmanager) awaitFiring(t *testing.T, within time.Duration, want ...string) {
	t.Helper()
	var got []string
	if !poll(within, func() bool { got = a.firing(t); return slices.Equal(got, want) }) {
		t.Fatalf("alertmanager shows %q after %v, want %q", got, within, want)
	}
}

// groupsReceived is what Alertmanager tells its receiver.
type groupsReceived struct {
	url    string
	mu     sync.Mutex
	groups []string // "firing be_app" or "resolved be_app", with how many alerts
}

func receiveGroups(t *testing.T) *groupsReceived {
	r := &groupsReceived{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		var g struct {
			Status      string
			GroupLabels map[string]string
			Alerts      []struct{ Status string }
		}
		body, _ := io.ReadAll(req.Body)
		_ = json.Unmarshal(body, &g)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.groups = append(r.groups, fmt.Sprintf("%s %s %d", g.Status, g.GroupLabels["proxy"], len(g.Alerts)))
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *groupsReceived) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.groups)
}

// resolved counts what was told as over.
func (r *groupsReceived) resolved() (n int) {
	for _, g := range r.all() {
		if strings.HasPrefix(g, "resolved ") {
			n++
		}
	}
	return n
}
