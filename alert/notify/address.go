package notify

import (
	"fmt"
	"net/url"
)

// hostOf is all that is shown of an address.
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
	case err != nil: // its text shows some of the address
		return []error{fmt.Errorf("%s: it is no address such as https://example.net/hook", key)}
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return []error{fmt.Errorf("%s: want http:// or https:// and a host", key)}
	}
	return nil
}

// checkWeb returns the faults of the settings.
func (w *Web) checkWeb() (faults []error) {
	if w.Proxy != "" && w.Proxy != noProxy {
		faults = append(faults, checkURL("proxy", string(w.Proxy))...)
	}
	if w.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: want more than 0, not %s", w.Timeout))
	}
	return append(faults, w.checkFiles()...)
}
