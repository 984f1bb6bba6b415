package program

import (
	"bytes"
	"io/fs"
	"os"
	"text/template"
)

// Configure writes the template name of files, filled in with data, to path. Data without
// a key that the template names is an error.
func Configure(files fs.FS, name, path string, data any) error {
	page, err := template.ParseFS(files, name)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Option("missingkey=error").Execute(&b, data); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644) // peers may run as users of their own
}
