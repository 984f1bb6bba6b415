package syslog

import (
	"runtime/debug"
	"slices"
)

// raceDetected reports whether the tests were built with the race detector.
func raceDetected() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
