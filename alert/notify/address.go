package notify

import (
	"fmt"
	"net/url"
)

func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "its address"
	}
	return u.Host
}

// checkURL reports what is wrong with an address, without showing it.
func checkURL(key, text string) []error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return []error{fmt.Errorf("%s: want an address such as https://example.net/hook", key)}
	case err != nil:
		return []error{fmt.Errorf("%s: want an address such as https://example.net/hook: %v", key, withoutURL(err))}
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return []error{fmt.Errorf("%s: want http:// or https:// and a host", key)}
	}
	return nil
}

// checkWeb returns the faults of the settings.
func (w *Web) checkWeb() (faults []error) {
	if w.Proxy != "" {
		faults = append(faults, checkURL("proxy", string(w.Proxy))...)
	}
	return append(faults, w.checkFiles()...)
}
