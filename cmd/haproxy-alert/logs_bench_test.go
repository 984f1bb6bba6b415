package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"haproxy-alert/testdata/mix"
)

// BenchmarkReplay runs the command over 256 MB in the page cache, in each clothing.
func BenchmarkReplay(b *testing.B) {
	const size = 256 << 20
	for _, clothing := range mix.Clothings() {
		name := filepath.Join(b.TempDir(), "haproxy.log")
		f, err := os.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := (mix.Load{Bytes: size, Clothing: clothing}).Write(f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		b.Run(clothing, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if err := run(b.Context(), []string{"replay", "--json", "--tz", "UTC", name}, nil, io.Discard, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
