// Package history folds a journal as the daemon does and tells, row by row, what is known of
// one proxy or server: its lines, incidents, notices, and why some were kept back.
package history
