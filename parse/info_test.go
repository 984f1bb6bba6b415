package parse

import "testing"

func TestDecodeInfo(t *testing.T) {
	for _, tt := range []struct{ said, want string }{
		{"", ""},
		{"Connection refused", "Connection refused"},
		{"Bad <22>quoted<22> <3C>x<3E>", `Bad "quoted" <x>`},
		{"D<C3><A9>faillance", "Défaillance"},
		{"latin1 <E9><FF> end", "latin1 \ufffd\ufffd end"},
		{"cut <C3>", "cut \ufffd"},
		{"tab<09>and<1B>[31mred<7F>", "tab␉and␛[31mred␡"},
		{"line<0D><0A>", "line␍␊"},
		{"C1 <C2><9B>2J", "C1 \ufffd2J"},
		{"bidi <E2><80><AE>", "bidi \ufffd"},
		{"nbsp<C2><A0>here", "nbsp here"},
		{"twice <3C>22<3E>", "twice <22>"},
		{"not hex <2g> <2> <", "not hex <2g> <2> <"},
		{"lower case <c3>", "lower case <c3>"},
		{"raw \x1b[2J \xff é", "raw ␛[2J \ufffd é"},
	} {
		if got := decodeInfo(tt.said); got != tt.want {
			t.Errorf("decodeInfo(%q) = %q, want %q", tt.said, got, tt.want)
		}
	}
}

func TestCheckStep(t *testing.T) {
	for _, tt := range []struct {
		info string
		want Number
	}{
		{"", Number{}},
		{"Connection refused", Number{}},
		{" at step 3 of tcp-check (expect string 'OK')", Number{3, true}},
		{"Connection refused at step 1 of tcp-check (connect port 80)", Number{1, true}},
		{"TCPCHK did not match content 'at step 9' at step 12", Number{12, true}},
		{"TCPCHK got an empty response at step 2 comment: 'redis ping'", Number{2, true}},
		{" at initial connection step of tcp-check", Number{}},
		{"TCPCHK at step ", Number{}},
		{"we are at step 3 of our plan", Number{}},
		{"TCPCHK at step 99999999999999999999", Number{}},
	} {
		if got := checkStep(tt.info); got != tt.want {
			t.Errorf("checkStep(%q) = %+v, want %+v", tt.info, got, tt.want)
		}
	}
}
