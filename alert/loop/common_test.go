package loop_test

import "haproxy-alert/alert/internal/alerttest"

const (
	left   = alerttest.Left
	online = alerttest.Online
)

var (
	start    = alerttest.Start
	observed = alerttest.Observed
	down     = alerttest.Down
	up       = alerttest.Up
	policy   = alerttest.Policy
	pattern  = alerttest.Pattern
)
