package parse

import (
	"encoding/json"
	"testing"
)

// TestKindNames holds the contract of the kinds' names.
func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := None; k <= StateDump; k++ {
		name := k.String()
		if name == "" || seen[name] {
			t.Errorf("kind %d has the name %q of another", k, name)
		}
		seen[name] = true
		var back Kind
		if err := back.UnmarshalText([]byte(name)); err != nil || back != k {
			t.Errorf("%q is read as %v, %v", name, back, err)
		}
	}
	if got := Kind(200).String(); got != "Kind(200)" {
		t.Errorf("an unknown kind is called %q", got)
	}
	var k Kind
	if err := k.UnmarshalText([]byte("server_sideways")); err == nil {
		t.Error("an unknown name is read as a kind")
	}
}

// TestEventJSON writes and reads events: what a line leaves out stays out, and
// the journal reads back what it wrote.
func TestEventJSON(t *testing.T) {
	for _, tt := range []struct {
		event Event
		want  string
	}{
		{Event{Kind: NoServer, Proxy: "be"}, `{"kind":"no_server","proxy":"be"}`},
		{
			Event{Kind: CheckFailed, Proxy: "be", Server: "s", Code: Number{-1, true}, StatusNum: Number{0, true}, Truncated: true},
			`{"kind":"check_failed","proxy":"be","server":"s","code":-1,"status_num":0,"truncated":true}`,
		},
	} {
		text, err := json.Marshal(tt.event)
		if err != nil || string(text) != tt.want {
			t.Errorf("%+v is written %s, %v; want %s", tt.event, text, err, tt.want)
		}
		var back Event
		if err := json.Unmarshal(text, &back); err != nil || back != tt.event {
			t.Errorf("%s is read as %+v, %v", text, back, err)
		}
	}
}

func TestNumberJSON(t *testing.T) {
	var n Number
	if err := json.Unmarshal([]byte("null"), &n); err != nil || n.Said {
		t.Errorf("null is read as %+v, %v", n, err)
	}
	if err := n.UnmarshalJSON([]byte(`"12"`)); err == nil || n.Said {
		t.Errorf("a string is read as %+v, %v", n, err)
	}
	if text, err := (Number{}).MarshalJSON(); err != nil || string(text) != "null" {
		t.Errorf("a number not said is written %s, %v", text, err)
	}
}

func TestKey(t *testing.T) {
	if got := (Event{Proxy: "be", Server: "s"}).Key(); got != "be/s" {
		t.Errorf("key %q of a server", got)
	}
	if got := (Event{Proxy: "be"}).Key(); got != "be" {
		t.Errorf("key %q of a proxy", got)
	}
}
