package peer

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"haproxy-alert/testdata/program"
)

// A Missing peer cannot be started here.
type Missing struct{ Name, Why string }

func (m Missing) Error() string { return m.Name + " is missing: " + m.Why }

// Look finds a peer's program, also where only root's PATH looks.
func Look(name string) (string, error) {
	path, err := program.Look(name)
	if err != nil {
		return "", Missing{name, "testdata/peers/install.sh bench installs it for root"}
	}
	return path, nil
}

// cache is where testdata/peers/install.sh unpacks what it does not install.
const cache = "/var/cache/haproxy-alert-peers"

// LookBeside finds a program that was unpacked beside the system's, in a folder of its
// own, and the settings by which it finds its libraries.
func LookBeside(folder, program string) (path string, env []string, err error) {
	root := filepath.Join(cache, folder)
	path, err = exec.LookPath(filepath.Join(root, program))
	if err != nil {
		return "", nil, Missing{folder, "testdata/peers/install.sh bench unpacks it for root"}
	}
	var libraries []string
	for _, glob := range []string{"usr/lib/*-linux-*", "lib/*-linux-*", "usr/lib/syslog-ng"} {
		found, _ := filepath.Glob(filepath.Join(root, glob))
		libraries = append(libraries, found...)
	}
	return path, []string{fmt.Sprintf("LD_LIBRARY_PATH=%s", strings.Join(libraries, ":"))}, nil
}
