//go:build !linux

package main

import "syscall"

// private leaves the socket as it is: here its file has its rights from Chmod alone.
func private(_, _ string, _ syscall.RawConn) error { return nil }
