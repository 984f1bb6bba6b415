package peer

import (
	"embed"
	"io/fs"
	"path/filepath"

	"haproxy-alert/testdata/program"
)

//go:embed conf
var confs embed.FS

// write fills in a configuration and returns its path.
func write(name, dir string, data any) (string, error) {
	files, err := fs.Sub(confs, "conf")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, program.Configure(files, name, path, data)
}
