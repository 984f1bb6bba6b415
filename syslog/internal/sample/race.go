package sample

import (
	"runtime/debug"
	"slices"
)

// RaceDetected reports whether the tests were built with the race detector.
func RaceDetected() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
