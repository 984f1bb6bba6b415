package notify

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var httpToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// isToken reports whether s may be a method or the name of a header (RFC 9110 section 5.6.2).
func isToken(s string) bool { return httpToken.MatchString(s) }

// isFieldValue reports whether s may be the value of a header (RFC 9110 section 5.5):
// ASCII on one line.
func isFieldValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f })
}

// checkToken reports a token that fits into no header.
func checkToken(key string, token Secret) []error {
	if isFieldValue(string(token)) {
		return nil
	}
	return []error{fmt.Errorf("%s: want a token on one line", key)}
}

// misnamed returns the names of a table that do not fit, quoted. They go into one fault:
// they cannot stand in a key, and of one key no more than one fault is shown.
func misnamed(table map[string]Secret, fits func(string) bool) []string {
	var bad []string
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !fits(name) {
			bad = append(bad, strconv.Quote(name))
		}
	}
	return bad
}

// jsonHeader is the header of a request whose body is JSON.
func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

// bearer is the header of a JSON request with a token (RFC 6750), if there is one.
func bearer(token Secret) http.Header {
	h := jsonHeader()
	if token != "" {
		h.Set("Authorization", "Bearer "+string(token))
	}
	return h
}
