package parse

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted half of the specimens and docs/messages.md")

// linesDir holds the specimens: each section of a file is a line, Go-quoted if
// it begins with a quote, and the event it is, as JSON, or "none".
const linesDir = "../testdata/lines"

// A specimen is a line and what is wanted of it.
type specimen struct {
	name, line, want string
}

// specimens reads those of one file.
func specimens(tb testing.TB, path string) []specimen {
	tb.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	list := make([]specimen, 0, len(archive.Files))
	for _, f := range archive.Files {
		line, want, _ := strings.Cut(string(f.Data), "\n")
		if strings.HasPrefix(line, `"`) {
			if line, err = strconv.Unquote(line); err != nil {
				tb.Fatalf("%s: unquote specimen %q: %v", path, f.Name, err)
			}
		}
		list = append(list, specimen{name: f.Name, line: line, want: want})
	}
	return list
}

// allSpecimens reads those of every file.
func allSpecimens(tb testing.TB) []specimen {
	tb.Helper()
	var list []specimen
	for _, path := range specimenFiles(tb) {
		list = append(list, specimens(tb, path)...)
	}
	return list
}

func specimenFiles(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(linesDir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("find specimens in %s: %v, %v", linesDir, paths, err)
	}
	return paths
}

// told writes what Line makes of a line as a specimen's wanted half.
func told(tb testing.TB, line string) string {
	tb.Helper()
	e, ok := Line(line)
	if !ok {
		return "none\n"
	}
	text, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text) + "\n"
}

func TestSpecimens(t *testing.T) {
	for _, path := range specimenFiles(t) {
		if *update {
			rewrite(t, path)
		}
		for _, s := range specimens(t, path) {
			if got := told(t, s.line); got != s.want {
				t.Errorf("%s: %s\nline %q\n got %s\nwant %s", filepath.Base(path), s.name, s.line, got, s.want)
			}
		}
	}
}

func rewrite(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range specimens(t, path) {
		line, _, _ := bytes.Cut(archive.Files[i].Data, []byte("\n"))
		archive.Files[i].Data = slices.Concat(line, []byte("\n"+told(t, s.line)))
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSpecimensCoverTable fails for a row that no specimen shows.
func TestSpecimensCoverTable(t *testing.T) {
	shown := map[string]bool{}
	for _, s := range allSpecimens(t) {
		for _, r := range matching(s.line) {
			shown[r.name] = true
		}
	}
	for _, r := range lines.rows {
		if !shown[r.name] {
			t.Errorf("no specimen shows row %s", r.name)
		}
	}
}

// TestRowsAreDistinct fails if two rows recognise one line.
func TestRowsAreDistinct(t *testing.T) {
	for _, s := range allSpecimens(t) {
		if rows := matching(s.line); len(rows) > 1 {
			t.Errorf("rows %s and %s both recognise %q", rows[0].name, rows[1].name, s.line)
		}
	}
}

// matching returns all rows that recognise a line, however it begins.
func matching(line string) []*row {
	line = trimEnd(line)
	var list []*row
	for _, r := range lines.rows {
		if r.whole().re.MatchString(line) {
			list = append(list, r)
		}
	}
	return list
}
