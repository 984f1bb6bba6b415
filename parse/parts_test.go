package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParts(t *testing.T) {
	for _, c := range []struct {
		text, row string
		want      map[string]string
	}{
		{
			`Backup Server be/s.1 is DOWN, reason: Layer7 wrong status, code: 503, check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`, "S1",
			map[string]string{"backup": "Backup ", "proxy": "be", "server": "s.1", "reason": "Layer7 wrong status", "code": "503", "active": "1"},
		},
		{`backend be. has no server available!`, "P1a", map[string]string{"proxy": "be."}},
		{`Server be/s1 is DOWN, reason: Layer4 timeout, check dura`, "S1", map[string]string{"proxy": "be", "server": "s1", "reason": "Layer4 timeout"}},
		{`GET /Server be/s1 is DOWN`, "", map[string]string{}},
	} {
		row, parts := Parts(c.text)
		if row != c.row {
			t.Errorf("%q: row %q, want %q", c.text, row, c.row)
		}
		got, last := map[string]string{}, 0
		for _, p := range parts {
			if p.From < last || p.To <= p.From {
				t.Errorf("%q: part %v out of order", c.text, p)
			}
			last = p.From
			if _, wanted := c.want[p.Field]; wanted {
				got[p.Field] = c.text[p.From:p.To]
			}
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, d)
		}
	}
}

// Every line of the specimens that is an event has a row and parts that name its
// proxy, where it has one.
func TestPartsOfSpecimens(t *testing.T) {
	for _, sp := range allSpecimens(t) {
		text := sp.line
		ev, ok := Line(text)
		row, parts := Parts(text)
		if ok != (row != "") {
			t.Errorf("%q: event %v, row %q", text, ok, row)
		}
		if ok && ev.Proxy != "" && len(parts) == 0 {
			t.Errorf("%q: no parts", text)
		}
	}
}
