package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// wrongKinds are values of every kind that TOML has.
var wrongKinds = []string{
	`"junk words"`, "-7", "1.5", "true", "2026-01-01T00:00:00Z", "12:00:00", "[[1], 2]", `[{ b = "c" }]`, "{ a = [] }",
}

// wrongValues are texts, and lists of texts, that few keys can want.
var wrongValues = []string{
	`"("`, `"{{"`, `"{{.Nope}}"`, `"{{if}}"`, `"%zz"`, `"/nonexistent/x"`, `"/etc/passwd"`, `"http://[::1"`, `"http://x:port/"`,
	`"a b@c"`, `"99999999999h"`, `"99999999999999999999"`, `"udp://[::1:55"`, `"tcp://x:y"`, `"file:/nonexistent/x"`,
	`"env:NO_SUCH_VARIABLE"`, `"cred:x"`, `"\u0000"`, `"\n"`, `["("]`, `["a@"]`, `["10.0.0.0/99"]`, `["x:99999999"]`,
	`["/etc/passwd"]`, `{ "a b" = "c" }`,
}

// goWords are how Go's packages, and the toml package, say what is wrong.
var goWords = regexp.MustCompile(`strconv|unmarshal|TOML value|destination|incompatible|mismatch|time: |netip|regexp|template: ?\w+:\d` +
	`|parsing |tls: |x509: |exec: |url: |mail: |interface|int64|\[\]any|\bnil\b|type [a-z]+\.|main\.|expected|EOF|angle-addr|in address`)

// Whatever stands at the keys of the example, each fault names a key and its line, and
// says in our words what is wanted there. What is of another kind than the example's
// value is a fault at every key.
func TestFaultsOfEveryKey(t *testing.T) {
	text, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HAPROXY_ALERT_PASSWORD", "x")
	ps := slices.DeleteFunc(findPlaces(string(text)), func(p place) bool { return p.table })
	for _, value := range slices.Concat(wrongKinds, wrongValues) {
		changed := string(text)
		for _, p := range ps {
			changed = withValue(changed, p, value)
		}
		faults := faultsIn(t, value, changed)
		if slices.ContainsFunc(faults, func(f Fault) bool { return f.Key == "" }) {
			t.Errorf("%s: a fault without a key in\n%s", value, faults)
		}
		for _, p := range ps {
			strict := slices.Contains(wrongKinds, value) && kindAt(t, string(text), p) != kindAt(t, changed, p)
			if strict && !slices.ContainsFunc(faults, func(f Fault) bool { return f.Line == p.first && within(f.Key, p.path) }) {
				t.Errorf("%s = %s: passes", p.path, value)
			}
		}
	}
}

// withValue puts another value at a key.
func withValue(text string, p place, value string) string {
	lines := strings.Split(text, "\n")
	key, _, _ := strings.Cut(lines[p.first-1], "=")
	lines[p.first-1] = key + "= " + value
	return strings.Join(lines, "\n")
}

// kindAt names the kind of value that a text has at a place.
func kindAt(t *testing.T, text string, p place) string {
	t.Helper()
	var file map[string]any
	if _, err := toml.Decode(strings.Join(strings.Split(text, "\n")[p.first-1:p.last], "\n"), &file); err != nil {
		t.Fatal(err)
	}
	return kindOf(slices.Collect(maps.Values(file))[0])
}

// faultsIn loads a configuration, and complains of the words of its faults.
func faultsIn(t *testing.T, value, text string) Faults {
	t.Helper()
	name := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := LoadConfig(name)
	faults, ok := errors.AsType[Faults](err)
	if !ok {
		t.Fatalf("%s: %T, want Faults", value, err)
	}
	for _, f := range faults {
		if words := goWords.FindString(f.Cause); words != "" || f.Line == 0 {
			t.Errorf("%s: %q: %s", value, words, f)
		}
	}
	return faults
}

// What is no TOML is named with its line and key, too, and without what stands there: it
// may be half of a password.
func TestFaultsOfNoTOML(t *testing.T) {
	for text, want := range map[string]string{
		"password = hunter2":               "password: want a value: a text in quotes, a number, true, false, or a list in brackets",
		"password = \"hunter2":             "password: want the quote that ends the text, on this line",
		"password = \"hunter2\" hunter2":   `password: want the end of the line behind the value: a text, such as "2s", stands in quotes`,
		"group_wait = 2s":                  `group_wait: want the end of the line behind the value: a text, such as "2s", stands in quotes`,
		"mode = 0660":                      `mode: want no 0 before a number: a text, such as "0660", stands in quotes`,
		"digest = 99999999999999999999":    "digest: want a number that is not so large",
		"digest = 1__0":                    "digest: want a number, or a text in quotes",
		"from = 2026-02-30T00:00:00Z":      "from: want a time that there is, such as 2026-11-21T07:38:00Z",
		"password = \"hunter\\2\"":         "password: want each backslash twice, or single quotes around the text",
		"journal = \"a\"\njournal = \"b\"": "journal: want it once: it stands further up already",
		"to = [\"a\" \"b\"]":               "to: want a comma between the values of a list, and ] behind the last",
		"headers = { a = \"b\"":            "headers: want a comma between the keys, and } behind the last",
		"journal \"x\"":                    "want key = value",
		"[incidents":                       "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several",
		"[[mailer]":                        "want the name of a table in brackets: [incidents], or [[mailer]] where there may be several",
		"= 1":                              "want a key before the =",
		"journal =":                        "journal: want a value: a text in quotes, a number, true, false, or a list in brackets",
		"journal = \x01":                   "journal: want no control characters, not even in a comment",
	} {
		faults := faultsOfNoTOML(t, text+"\n")
		if _, cause, _ := strings.Cut(faults.Error(), ": "); cause != want || faults[0].Line == 0 {
			t.Errorf("%s:\n%s\nwant %s", text, faults, want)
		}
	}
}

func faultsOfNoTOML(t *testing.T, text string) Faults {
	t.Helper()
	faults := faultsIn(t, text, text)
	if len(faults) != 1 {
		t.Fatalf("%s: %v", text, faults)
	}
	return faults
}

// Tables in the wrong brackets are a newcomer's first fault; what stands in them is not
// held against anything.
func TestFaultsOfBrackets(t *testing.T) {
	const text = `listen = [{ address = 1 }]
[file]
path = "relative"
[[incidents]]
group_wait = 1
[mailer.x]
a = 1
[console]
"enabled" = "yes"
[[webhook]]
url = "http://x"
headers = "A: b"
`
	want := strings.Join([]string{
		"1: listen[0].address: want a text in quotes, not a number",
		"2: file: want tables of their own, each under [[file]] in two brackets, not a table",
		"4: incidents: want a table, not a list",
		"6: mailer: want tables of their own, each under [[mailer]] in two brackets, not a table",
		"9: console.enabled: want true or false, without quotes, not a text",
		`12: webhook[0].headers: want a table such as { name = "value" }, not a text`,
	}, "\n")
	faults := faultsIn(t, "brackets", text)
	for i := range faults {
		faults[i].File = ""
	}
	if got := strings.ReplaceAll("\n"+faults.Error(), "\n:", "\n")[1:]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
