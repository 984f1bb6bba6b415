package config

import (
	"encoding"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const exampleConfig = "../../../config.example.toml"

func TestExampleConfigLoads(t *testing.T) {
	t.Setenv("HAPROXY_ALERT_PASSWORD", "from the environment")
	cfg, err := LoadConfig(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cfg.Mailer[0].Password.Read(); err != nil || got != "from the environment" {
		t.Errorf("password is %q", got)
	}
	if len(cfg.Listen) != 3 || *cfg.Console.Enabled {
		t.Errorf("read as %v", cfg)
	}
}

// Every key of Config stands in the example, so nothing an operator can set is
// left unsaid; and none stands there that Config does not have.
func TestExampleConfigIsComplete(t *testing.T) {
	text, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, p := range findPlaces(string(text)) {
		if !p.table {
			shown[p.plain()] = true
		}
	}
	for _, key := range keys(reflect.TypeFor[Config](), "") {
		if !shown[key] {
			t.Errorf("config.example.toml does not show %s", key)
		}
	}
}

// keys lists the TOML keys of a struct's leaves; a type that reads itself is one.
func keys(t reflect.Type, table string) []string {
	var out []string
	for f := range t.Fields() {
		if !f.IsExported() || f.Tag.Get("toml") == "-" {
			continue
		}
		ft := f.Type
		if ft.Kind() == reflect.Slice {
			ft = ft.Elem()
		}
		path := table
		if !f.Anonymous {
			path = join(table, f.Tag.Get("toml"))
		}
		_, leaf := reflect.TypeAssert[encoding.TextUnmarshaler](reflect.New(ft))
		if ft.Kind() == reflect.Struct && !leaf {
			out = append(out, keys(ft, path)...)
			continue
		}
		out = append(out, path)
	}
	return out
}

// What the example shows of defaults is what happens without it.
func TestExampleShowsDefaults(t *testing.T) {
	t.Setenv("HAPROXY_ALERT_PASSWORD", "x")
	example, err := LoadConfig(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	plain := Defaults()
	if d := cmp.Diff(plain.Incidents, example.Incidents); d != "" {
		t.Errorf("incidents (-default +example):\n%s", d)
	}
	if example.Retain != plain.Retain {
		t.Errorf("retain: %v, default %v", example.Retain, plain.Retain)
	}
	for i, l := range defaultListen {
		if example.Listen[i].Address != l.Address {
			t.Errorf("listen[%d]: %s, default %s", i, example.Listen[i].Address, l.Address)
		}
	}
}

func TestDurationNeedsUnit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"2s": 2 * time.Second, "1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "0s": 0,
		"10": -1, "": -1, "-5s": -1, "1.5d": -1, "ten": -1, "7dd": -1, "d": -1,
	} {
		var d Duration
		switch err := d.UnmarshalText([]byte(text)); {
		case want < 0 && err == nil:
			t.Errorf("%q is read as %v, want an error", text, d)
		case want >= 0 && (err != nil || time.Duration(d) != want):
			t.Errorf("%q is read as %v, %v; want %v", text, d, err, want)
		}
	}
}

func TestSizeNeedsBound(t *testing.T) {
	for text, want := range map[string]int{
		"65536": 65536, "64KiB": 64 << 10, "8 MiB": 8 << 20, "1GiB": 1 << 30,
		"4GiB": -1, "-1": -1, "8MB": -1, "": -1, "KiB": -1, "99999999999": -1,
	} {
		var s Size
		switch err := s.UnmarshalText([]byte(text)); {
		case want < 0 && err == nil:
			t.Errorf("%q is read as %d, want an error", text, s)
		case want >= 0 && (err != nil || int(s) != want):
			t.Errorf("%q is read as %d, %v; want %d", text, s, err, want)
		}
	}
}

// The finder of places must not be led astray by values that look like keys.
func TestPlaces(t *testing.T) {
	const text = `a = 1 # [x]
b = [ # b
  "[[mailer]]",
  'c = 3',
]
c = """
[d]
e = 5
""" # end
[[mailer]]
to = ["x", "]"]
[[mailer]] # second
to = { k = "}" }
"quoted key" = 1
`
	var got []string
	for _, p := range findPlaces(text) {
		got = append(got, p.path+" "+strings.Repeat("|", p.last-p.first+1))
	}
	want := []string{"a |", "b ||||", "c ||||", "mailer[0] |", "mailer[0].to |", "mailer[1] |", "mailer[1].to |"}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// Whatever a file holds, loading it ends, and says faults with their file.
func FuzzLoadConfig(f *testing.F) {
	for _, seed := range []string{
		"", "journal = 1", "[[listen]]\naddress = \"udp://:0\"", "[[mailer]]\nto = [1, 2]\n[[mailer]]\nto = []",
		"[incidents]\ngroup_wait = 5\ngroup_by = 1", "a = \"\"\"\n[x]\n\"\"\"", "= 1", "[console]\nenabled = \"yes\"",
		"[listen]\naddress = 1", "[[incidents]]\n[mailer.x]\na = 1", "listen = [{ address = 1 }]", "\"journal\" = 1", "console.enabled = 1",
		"[[mailer]]\n\"to\" = 5\nto2 = 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(name)
		if err == nil {
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if len(line) == 0 {
				t.Errorf("empty line in %q", err)
			}
		}
		if !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%q does not name the file", err)
		}
	})
}

// Secrets come from the config in many ways and leave it in none.
func TestNoSecretInMessages(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c.toml")
	const text = "[[mailer]]\nrelays = [\"x:25\"]\nfrom = \"a@b.c\"\nto = [\"a@b.c\"]\nusername = \"u\"\npassword = \"hunter2\"\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := LoadConfig(name)
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%v %+v %#v", cfg, *cfg, cfg.Mailer[0]); strings.Contains(all, "hunter2") {
		t.Errorf("the password shows: %s", all)
	}
}
