// Bench measures haproxy-alert beside what else could do a part of its work, and writes
// one table of ratios: `make bench`. Every figure is that of real programs on loopback,
// with files in a folder that is removed afterwards.
//
// What is measured, and how much of it, stands in parts.go; each part is a file of the
// package part. The other packages hold what parts share: peer starts programs, load
// makes lines, logs and journals and takes mails, report judges and writes.
package main
