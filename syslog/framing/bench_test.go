package framing

import (
	"bytes"
	"fmt"
	"testing"
)

const traffic = `127.0.0.1:45882 [21/Nov/2026:07:37:38.152] fe_http be_nocheck/nc1 0/0/0/0/0 200 61 - - ---- 1/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64)} "GET /nocheck/e HTTP/1.1"`

func BenchmarkFramer(b *testing.B) {
	for name, frame := range map[string]string{
		"lines":  "<134>Nov 21 07:37:38 lb1 haproxy[6700]: " + traffic + "\n",
		"counts": fmt.Sprintf("%d <134>Nov 21 07:37:38 lb1 haproxy[6700]: %s", len(traffic)+40, traffic),
	} {
		stream, lender := bytes.Repeat([]byte(frame), 1000), NewBuffers(usual)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			b.ReportAllocs()
			for b.Loop() {
				f := New(usual, lender)
				n := 0
				for rest := stream; len(rest) > 0; {
					got := copy(f.Space(), rest)
					f.Filled(got)
					rest = rest[got:]
					for _, _, ok := f.Next(); ok; _, _, ok = f.Next() {
						n++
					}
				}
				if f.Close(); n != 1000 {
					b.Fatal(n, "frames")
				}
			}
		})
	}
}
