package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJournalWantsFolder: a journal that cannot be is a fault of the configuration, one
// that does not exist yet is none.
func TestJournalWantsFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for journal, good := range map[string]bool{
		dir: true, filepath.Join(dir, "new"): true, filepath.Join(dir, "new", "below"): true,
		file: false, filepath.Join(file, "below"): false,
	} {
		config := filepath.Join(dir, "c.toml")
		text := fmt.Sprintf("journal = %q\ncontrol = %q\n", journal, filepath.Join(dir, "elsewhere", "c.sock"))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := loadToStart(config)
		if good != (err == nil) || err != nil && !strings.Contains(err.Error(), "c.toml:1: journal: ") {
			t.Errorf("%s: %v", journal, err)
		}
	}
}
