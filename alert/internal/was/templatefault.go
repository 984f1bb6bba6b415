package was

import (
	"fmt"
	"regexp"
)

var (
	// templateError is what the template packages say of a template, its line, and what
	// they were about.
	templateError = regexp.MustCompile(`^(?:html/)?template: ?\w+:(\d+)(?::(\d+))?: (?:executing "\w+" at <.*>: )?(.*)$`)
	noSuchField   = regexp.MustCompile(`^can't evaluate field (\S+) in type \S+$`)
)

// TemplateFault says what is wrong with a template, without the names that the template
// packages and we have for it.
func TemplateFault(err error) string {
	m := templateError.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	at := "line " + m[1]
	if m[2] != "" {
		at += ", column " + m[2]
	}
	return at + ": " + noSuchField.ReplaceAllString(m[3], "there is no field $1")
}

func templateFault(doing string, err error) error {
	return fmt.Errorf("%s: %s", doing, TemplateFault(err))
}
