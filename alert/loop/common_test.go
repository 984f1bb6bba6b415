package loop_test

import "haproxy-alert/alert/internal/alerttest"

var (
	start   = alerttest.Start
	down    = alerttest.Down
	up      = alerttest.Up
	policy  = alerttest.Policy
	pattern = alerttest.Pattern
)
