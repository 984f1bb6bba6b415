package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Look finds a program, also where only root's PATH looks. The error of one that is not
// there is exec.ErrNotFound.
func Look(name string) (string, error) {
	for dir := range strings.SplitSeq(os.Getenv("PATH")+":/usr/local/sbin:/usr/sbin:/sbin", ":") {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("look for %s: %w", name, exec.ErrNotFound)
}
