package peer

import (
	"errors"
	"os"
	"testing"
)

func TestMissing(t *testing.T) {
	for _, look := range []func() error{
		func() error { _, err := Look("no-such-program"); return err },
		func() error { _, _, err := LookBeside("no-such-folder", "program"); return err },
	} {
		if missing, ok := errors.AsType[Missing](look()); !ok || missing.Why == "" {
			t.Errorf("%v", missing)
		}
	}
}

func TestWatchFindsWhatIsAdded(t *testing.T) {
	path := t.TempDir() + "/health"
	w := watch{glob: path, words: []byte("the end"), seen: map[string]int64{}}
	var all []byte
	for _, more := range []string{"", "some\n", "the", " en", "d\n"} {
		if w.found() {
			t.Fatalf("found in %q", all)
		}
		all = append(all, more...)
		if err := os.WriteFile(path, all, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !w.found() {
		t.Errorf("not found in %q", all)
	}
}
