package engine_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haproxy-alert/alert"
	"haproxy-alert/alert/template"
)

// pages are the golden HTML parts: the facts and which of their notices it is.
func pages(t *testing.T) map[string]struct {
	facts  []alert.Fact
	notice int
} {
	line := func(after time.Duration, host, text string) alert.Fact {
		return observed(t, start.Add(after), host, "4242", text)
	}
	outage := []alert.Fact{
		line(0, "lb1", `Server be_shop/web1 is DOWN, reason: Layer7 wrong status, code: 503, info: "<b>Service Unavailable</b> & more", check duration: 2001ms`+left),
		line(time.Second, "lb2", "Server be_shop/web1 is DOWN, reason: Layer4 timeout, check duration: 2000ms"+left),
		line(3*time.Minute, "lb1", "Server be_shop/web1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms"+online),
		line(3*time.Minute, "lb2", "Server be_shop/web1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms"+online),
	}
	var storm []alert.Fact
	for k := range 40 {
		storm = append(storm, line(time.Duration(k)*10*time.Millisecond, "lb1",
			fmt.Sprintf("Server be_%02d_with-a-rather-long-name/web-server-%02d.rack7.example.net is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms", k/4, k)+left))
	}
	none := []alert.Fact{
		line(0, "lb1", "Server be_shop/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms"+left),
		line(10*time.Millisecond, "lb1", "Server be_shop/web2 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."),
		line(20*time.Millisecond, "lb1", "backend be_shop has no server available!"),
	}
	planned := []alert.Fact{line(0, "lb1", "Server be_shop/web1 is going DOWN for maintenance"+left)}
	limit := []alert.Fact{
		line(0, "lb1", "Proxy fe_http reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart."),
		line(time.Second, "lb1", "Proxy fe_http reached process FD limit (maxsock=1024). Please check 'ulimit-n' and restart."),
	}
	dropped := []alert.Fact{line(0, "lb1", "12 events dropped")}
	return map[string]struct {
		facts  []alert.Fact
		notice int
	}{"limit": {limit, 0}, "dropped": {dropped, 0}, "problem": {outage, 0}, "recovery": {outage, 1}, "digest": {storm, 0}, "proxy": {none, 0}, "planned": {planned, 0}}
}

func TestGoldenWordsInHTML(t *testing.T) {
	p := matterPolicy()
	p.Digest = alert.DefaultDigest
	for name, tt := range pages(t) {
		t.Run(name, func(t *testing.T) {
			notices, _ := told(p, tt.facts)
			if len(notices) <= tt.notice {
				t.Fatalf("%d notices", len(notices))
			}
			got := notices[tt.notice].HTML
			checkPage(t, got)
			file := filepath.Join("..", "..", "testdata", "mail", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("page (-golden +got):\n%s", d)
			}
		})
	}
}

// checkPage holds HTML against what the built-in words promise: whole, and alone. A
// mail reader loads nothing for it and runs nothing.
func checkPage(t *testing.T, page string) {
	t.Helper()
	if head, _, _ := strings.Cut(page, "</head>"); strings.Count(head, "<style>") != 1 || strings.Count(page, "<style>") != 1 {
		t.Errorf("want one <style>, in the head\n%s", page)
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("read page: %v\n%s", err, page)
		}
		switch e := token.(type) {
		case xml.StartElement:
			checkElement(t, e)
			if e.Name.Local != "meta" {
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != e.Name.Local {
				t.Fatalf("</%s> ends %v\n%s", e.Name.Local, open, page)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v do not end\n%s", open, page)
	}
}

func checkElement(t *testing.T, e xml.StartElement) {
	t.Helper()
	if !strings.Contains(" html head meta title style body table tr td div span b ", " "+e.Name.Local+" ") {
		t.Errorf("unexpected element <%s>", e.Name.Local)
	}
	for _, a := range e.Attr {
		if name := a.Name.Local; name == "src" || name == "href" || strings.HasPrefix(name, "on") ||
			strings.Contains(a.Value, "url(") || strings.Contains(a.Value, "ZgotmplZ") {
			t.Errorf("<%s> has %s=%q", e.Name.Local, name, a.Value)
		}
	}
}

// What a checked server answers stands in the page as text, and colours tell bad news
// from good.
func TestWordsInHTMLAreSafe(t *testing.T) {
	f := observed(t, start, "<img src=x onerror=alert(1)>", "1",
		`Server be/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "</td><script>'&amp;x</script><a href=//e>", check duration: 1ms`+left)
	f.Text += "\x1b[2J\x00\r\u202e\u009b</div><style>*{display:none}</style>"
	f.Source.Tag = "</span>"
	notices, _ := told(policy(), []alert.Fact{f})
	page := notices[0].HTML
	checkPage(t, page)
	if k := strings.IndexFunc(page, func(r rune) bool { return r < ' ' && r != '\n' || strings.ContainsRune("\x7f\u202e\u009b", r) }); k >= 0 {
		t.Errorf("a control character at %d:\n%q", k, page)
	}
	if !strings.Contains(page, "&lt;/td&gt;&lt;script&gt;") {
		t.Errorf("the server's answer is not shown:\n%s", page)
	}
}

func TestWordsInHTMLColourTheMark(t *testing.T) {
	band := regexp.MustCompile(`background:(#[0-9a-f]{6});color:#ffffff"><b>([^<]*)</b>`)
	all := pages(t)
	want := map[string][]string{
		"problem": {"#b3261e", "DOWN"}, "recovery": {"#1a7f37", "UP"}, "digest": {"#b3261e", "DOWN"}, "planned": {"#8a5a00", "MAINT"},
		"limit": {"#b3261e", "LIMIT"}, "dropped": {"#8a5a00", "BLIND"},
	}
	p := matterPolicy()
	p.Digest = alert.DefaultDigest
	for name, colour := range want {
		notices, _ := told(p, all[name].facts)
		page := notices[all[name].notice].HTML
		if got := band.FindStringSubmatch(page); got == nil || !cmp.Equal(got[1:], colour) {
			t.Errorf("%s: %v, want %v", name, got, colour)
		}
	}
}

// The HTML says what the body says: every word of the text stands in the page.
func TestWordsInHTMLAreThoseOfTheBody(t *testing.T) {
	p := matterPolicy()
	p.Digest = alert.DefaultDigest
	tags := regexp.MustCompile(`<[^>]*>`)
	for name, tt := range pages(t) {
		notices, _ := told(p, tt.facts)
		n := notices[tt.notice]
		page := html.UnescapeString(tags.ReplaceAllString(n.HTML, " "))
		for word := range strings.FieldsSeq(n.Body) {
			word = strings.Trim(word, ":()")
			if !strings.Contains(page, word) {
				t.Errorf("%s: %q of the body is not in the page:\n%s", name, word, page)
			}
		}
	}
}

// Whoever writes words of their own is not answered for by ours.
func TestCustomWordsInHTML(t *testing.T) {
	f := []alert.Fact{observed(t, start, "lb1", "1", "Server be/s1 is DOWN, reason: Layer4 timeout, check duration: 1ms"+left)}
	for name, tt := range map[string]struct {
		words template.Texts
		want  string
	}{
		"own html":              {template.Texts{HTML: "<p>{{.What}}</p>"}, "<p>Layer4 timeout</p>"},
		"own body":              {template.Texts{Body: "{{.What}}"}, ""},
		"own body and html":     {template.Texts{Body: "{{.What}}", HTML: "<i>{{.Key}}</i>"}, "<i>be/s1</i>"},
		"blank":                 {template.Texts{HTML: " "}, ""},
		"fails at send time":    {template.Texts{HTML: "<p>{{(index .Along 0).Key}}</p>"}, ""},
		"times and other words": {template.Texts{HTML: `{{clock .Opened}} {{duration .Lasted}} {{join .Observers "+"}}`}, "2026-11-21 03:00:00 UTC 0s lb1"},
	} {
		words, err := template.Custom(tt.words, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		notices, _ := toldIn(words, policy(), f)
		if got := notices[0].HTML; got != tt.want || notices[0].Body == "" {
			t.Errorf("%s: HTML %q, body %q, want %q", name, got, notices[0].Body, tt.want)
		}
	}
	words, err := template.Custom(template.Texts{Subject: "x"}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if notices, _ := toldIn(words, policy(), f); !strings.HasPrefix(notices[0].HTML, "<!DOCTYPE html>") {
		t.Errorf("an own subject changed the HTML to %q", notices[0].HTML)
	}
}
