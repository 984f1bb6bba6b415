// Package logfile reads log files: plain, compressed, or piped.
//
//	Open --> File --> Lines                           every line, one after another
//	              --> Seek --> Scan --> Scanner       those a predicate wants, by all processors
//	bytes --> Splitter --> lines                      for who reads himself (package follow)
//
// A Splitter cuts bytes into lines, and tells by the beginning of a log whether that has
// entries of a journal, lines in parts as container runtimes write them, or plain lines.
//
// # Promises
//
//   - Lines come whole and in order, whoever reads them; of one longer than MaxLine the
//     beginning, and it is counted.
//   - Damage comes as one error, behind all good lines.
//   - Memory is bounded: a reader holds 512 KiB, and how much may be read ahead is counted in
//     blocks and sections.
//
// # Goroutines
//
// Nothing runs outside of Scan. Scanner.Close returns when the readers of its log have ended,
// but for one that waits for stdin.
//
// It does not know what a line means, nor its header.
package logfile
