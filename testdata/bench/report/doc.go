// Package report keeps what a benchmark measured, judges it by its goals and writes it
// down: one table for all, and the words around it. It measures nothing itself.
package report
