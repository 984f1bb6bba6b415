package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"

	"haproxy-alert/testdata/bench/peer"
)

// busyness says how busy the machine is, by the load average of the last minute.
func busyness() string {
	text, err := os.ReadFile("/proc/loadavg")
	var average float64
	if err == nil {
		_, err = fmt.Sscan(string(text), &average)
	}
	if err != nil {
		return "unknown"
	}
	words := fmt.Sprintf("load average %.2f on %d cores", average, runtime.NumCPU())
	if average > float64(runtime.NumCPU())/2 {
		return words + ", so others were at work: these figures are worth little"
	}
	return words
}

// machine tells of the machine in words that do not tell which it is.
func machine() []string {
	memory := first("/proc/meminfo", `MemTotal: +(\d+)`)
	var kB int64
	_, _ = fmt.Sscan(memory, &kB)
	return []string{
		fmt.Sprintf("%d cores (%s), %d GiB of memory.", runtime.NumCPU(), orUnknown(first("/proc/cpuinfo", `model name\s*: (.*)`)), kB>>20),
		fmt.Sprintf("Linux %s, %s; %s.", orUnknown(first("/proc/sys/kernel/osrelease", `^(\d+\.\d+)`)),
			orUnknown(first("/etc/os-release", `PRETTY_NAME="([^"]*)"`)), runtime.Version()),
		"Beside: " + strings.Join(peer.Versions(), ", ") + ".",
	}
}

// first returns the first group of a pattern in a file.
func first(path, pattern string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if m := regexp.MustCompile(pattern).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
