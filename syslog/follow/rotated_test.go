package follow

import (
	"testing"
)

// The names that rotation gives.
func TestRotatedNames(t *testing.T) {
	for name, want := range map[string]string{
		"haproxy.log.1": ".1", "haproxy.log.12.gz": ".12", "haproxy.log-20261121": "-20261121", "haproxy.log-20261121.zst": "-20261121",
		"haproxy.log.20261121-073802": ".20261121-073802", "haproxy-20261121.log": "-20261121", "haproxy.1.log.xz": ".1", "haproxy.log.old": ".old",
		"haproxy.log.bak2": "", "haproxy.log-debug": "", "haproxy.log2": "", "haproxy-admin.log": "", "haproxy.log.1.swp": "", "haproxy.log.gz": "",
	} {
		label, ok := labelOf(name, "haproxy.log")
		if ok != (want != "") || ok && label != want {
			t.Errorf("%s: %q %v, want %q", name, label, ok, want)
		}
	}
}
