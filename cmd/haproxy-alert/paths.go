package main

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// pathKeys are the keys whose values name a file or a folder that may be given relative
// to the configuration's folder, wherever they stand. Log files and sockets are named by
// others, too, and have to be whole.
var pathKeys = []string{"journal", "control", "cert_file", "key_file", "client_ca", "ca_file"}

// fromFolder takes relative paths as from the folder of the configuration file: whoever
// starts the daemon, asks it or checks the file elsewhere means the same.
func (c *Config) fromFolder(folder string) error {
	resolvePaths(reflect.ValueOf(c).Elem(), folder)
	for i := range c.Exec {
		command := c.Exec[i].Command
		if len(command) == 0 || filepath.IsAbs(command[0]) || !strings.Contains(command[0], "/") {
			continue // a bare name is looked for in PATH
		}
		path, err := filepath.Abs(filepath.Join(folder, command[0]))
		if err != nil {
			return err
		}
		command[0] = path // whole: "./x" cleaned would be such a name
	}
	return nil
}

// resolvePaths does so in a table and in those it holds.
func resolvePaths(table reflect.Value, folder string) {
	for i := range table.NumField() {
		f, v := table.Type().Field(i), table.Field(i)
		switch {
		case !f.IsExported():
		case v.Kind() == reflect.String:
			if path := v.String(); path != "" && !filepath.IsAbs(path) && slices.Contains(pathKeys, f.Tag.Get("toml")) {
				v.SetString(filepath.Join(folder, path))
			}
		case v.Kind() == reflect.Struct:
			resolvePaths(v, folder)
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for k := range v.Len() {
				resolvePaths(v.Index(k), folder)
			}
		}
	}
}
