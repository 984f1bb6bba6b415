package wrap

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// TestMembers reads what encoding/json reads.
func TestMembers(t *testing.T) {
	const text = "{ \"a\" : \"x\\\"}\", \"b\":-1.5e+3,\r\n\"c\":[1,{\"d\":\"]\"}],\t\"e\":{},\"\":null ,\"f\\\\\":true}\n "
	var got []string
	m := members{text: []byte(text)}
	for m.next() {
		got = append(got, string(m.key), string(m.value))
	}
	want := []string{"a", `"x\"}"`, "b", "-1.5e+3", "c", `[1,{"d":"]"}]`, "e", "{}", "", "null", `f\\`, "true"}
	if !m.whole() || !slices.Equal(got, want) {
		t.Errorf("%q, whole %v", got, m.whole())
	}
}

// FuzzMembers holds the scanner against encoding/json: what that takes for an
// object, not too deep, has the same members, and its strings say the same.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":"\u00e9\ud83d\ude00\ud800\\\n"}`, `{"a":[1,{"b":"]"}],"c":-1e9}`, `{"a":"\"","b":null}`, `{"message":[83,101]}`, ` {"a": [ ] } `,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		type member struct{ key, value string }
		var got []member
		m := members{text: text}
		for m.next() {
			got = append(got, member{string(m.key), string(m.value)})
			if s, ok := unquoted(m.value); ok && len(s) > 6*len(m.value) {
				t.Errorf("%q grows to %q", m.value, s)
			}
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(text, &want) != nil || want == nil || bytes.Count(text, []byte{'{'})+bytes.Count(text, []byte{'['}) > maxDepth {
			return
		}
		if !m.whole() {
			t.Fatalf("%q is an object", text)
		}
		read := map[string]string{}
		for _, m := range got {
			key, ok := unquoted([]byte(`"` + m.key + `"`))
			if !ok {
				t.Fatalf("key %q is none", m.key)
			}
			read[inUTF8(string(key))] = m.value
		}
		for key, value := range want {
			if read[key] != string(value) {
				t.Errorf("%q: member %q is %q, want %q", text, key, read[key], value)
			}
			var s string
			if value[0] != '"' || json.Unmarshal(value, &s) != nil {
				continue
			}
			if got, ok := unquoted(value); !ok || inUTF8(string(got)) != s {
				t.Errorf("%q says %q, want %q", value, got, s)
			}
		}
	})
}

// inUTF8 is what a line becomes that JSON cannot hold: it is UTF-8, or U+FFFD.
func inUTF8(line string) string { return string([]rune(line)) }
