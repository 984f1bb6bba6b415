package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"pw": " hunter2 \r\n\n", "empty": "\n", "big": strings.Repeat("x", maxSecret+1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("MAIL_PASSWORD", "hunter3")
	tests := map[string]struct{ want, err string }{
		"plain: it is":             {want: "plain: it is"},
		"":                         {},
		"env:MAIL_PASSWORD":        {want: "hunter3"},
		"env:NOT_SET":              {err: "read secret env:NOT_SET: it is empty or not set"},
		"cred:pw":                  {want: " hunter2 "},
		"cred:../pw":               {err: "read secret cred:../pw: want a name without slashes"},
		"cred:":                    {err: "read secret cred:: want a name without slashes"},
		"file:" + dir + "/pw":      {want: " hunter2 "},
		"file:" + dir + "/empty":   {err: "/empty: it is empty or not set"},
		"file:" + dir + "/missing": {err: "no such file or directory"},
		"file:" + dir + "/big":     {err: "it is longer than 65536 octets"},
		"file:" + dir:              {err: "is a directory"},
		"file:pw":                  {err: "read secret file:pw: want a path from / on"},
	}
	for text, tt := range tests {
		var s Secret
		err := s.UnmarshalText([]byte(text))
		if (err == nil) != (tt.err == "") || err != nil && !strings.HasSuffix(err.Error(), tt.err) {
			t.Errorf("read %q: %v, want ... %s", text, err, tt.err)
		}
		if string(s) != tt.want {
			t.Errorf("read %q: got %q, want %q", text, string(s), tt.want)
		}
	}
}

func TestSecretWithoutCredentials(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	err := new(Secret).UnmarshalText([]byte("cred:pw"))
	if err == nil || err.Error() != "read secret cred:pw: CREDENTIALS_DIRECTORY is not set" {
		t.Errorf("read: %v", err)
	}
}

// TestSecretIsNotShown prints a struct with one in every way a program might.
func TestSecretIsNotShown(t *testing.T) {
	m := struct{ Password Secret }{"hunter2"}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x", m, m, m, m, m, m)
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("config", "mailer", m, "password", m.Password)
	slog.New(slog.NewTextHandler(&out, nil)).Info("config", "mailer", m, "password", m.Password)
	if err := json.NewEncoder(&out).Encode(m); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"hunter2", "68756e74657232"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret is shown in %s", out.String())
		}
	}
	if got := Secret("").String(); got != "" {
		t.Errorf("the empty secret shows as %q", got)
	}
}
