package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// source is a package of the module, with the types of its names.
type source struct {
	path, dir string
	goFiles   []string
	files     []*ast.File
	fset      *token.FileSet
	info      types.Info
	pkg       *types.Package
}

var loaded []*source

// sources returns all packages of the module; two tests share them.
func sources(t *testing.T) []*source {
	t.Helper()
	if len(loaded) > 0 {
		return loaded
	}
	cmd := exec.Command("go", "list", "-export", "-pgo=off", "-deps", "-json=Dir,ImportPath,GoFiles,Export", "./...")
	cmd.Dir, cmd.Stderr = "../..", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []*source
	exports := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir, ImportPath, Export string
			GoFiles                 []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if path, mine := strings.CutPrefix(p.ImportPath, module); mine && len(p.GoFiles) > 0 {
			all = append(all, &source{path: path, dir: p.Dir, goFiles: p.GoFiles})
		}
	}
	for _, s := range all {
		s.check(t, exports)
	}
	loaded = all
	return all
}

func (s *source) check(t *testing.T, exports map[string]string) {
	t.Helper()
	s.fset, s.info = token.NewFileSet(), types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	for _, name := range s.goFiles {
		f, err := parser.ParseFile(s.fset, filepath.Join(s.dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	conf := types.Config{Importer: importer.ForCompiler(s.fset, "gc", open)}
	var err error
	if s.pkg, err = conf.Check(module+s.path, s.fset, s.files, &s.info); err != nil {
		t.Fatal(err)
	}
}
