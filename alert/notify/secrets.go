package notify

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// minHidden is the shortest text in octets that is hidden: what is shorter stands in
// any text by chance.
const minHidden = 4

// hidden are texts that no error and no trace may show. A peer is free to repeat in its
// answer what we sent it.
type hidden []string

// hiddenIn returns what is secret in a request to a peer: its address but for the host,
// the values of all headers that are not ours, and more.
func hiddenIn(r request, proxy Secret) hidden {
	var h hidden
	for _, address := range []string{r.target, string(proxy)} {
		h = append(h, inAddress(address)...)
	}
	for name, values := range r.header {
		if isShown(name) {
			continue
		}
		for _, v := range values {
			h = append(h, v)
			h = append(h, strings.Fields(v)...) // the token without "Bearer"
		}
	}
	for _, s := range r.secrets {
		h = append(h, string(s))
	}
	h = slices.DeleteFunc(h, func(s string) bool { return len(s) < minHidden })
	slices.SortFunc(h, func(a, b string) int { return len(b) - len(a) })
	return h
}

// inAddress returns the parts of an address that may be secret, as they are and as they
// are written there.
func inAddress(address string) hidden {
	u, err := url.Parse(address)
	if err != nil {
		return hidden{address}
	}
	h := hidden{u.RawQuery, u.Fragment}
	if password, ok := u.User.Password(); ok {
		h = append(h, u.User.String(), password)
	}
	for _, values := range u.Query() {
		h = append(h, values...)
	}
	for _, path := range []string{u.Path, u.EscapedPath()} {
		h = append(h, path)
		h = append(h, strings.Split(path, "/")...)
	}
	return h
}

// isShown reports whether a header's value is no secret.
func isShown(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return slices.Contains([]string{"Content-Type", "User-Agent", "Idempotency-Key"}, name) ||
		strings.HasPrefix(name, "X-Haproxy-Alert-")
}

// in returns the text with every secret as "***".
func (h hidden) in(text string) string {
	for _, s := range h {
		text = strings.ReplaceAll(text, s, "***")
	}
	return text
}
