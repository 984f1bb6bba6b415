package engine_test

import "haproxy-alert/alert/internal/alerttest"

const (
	left   = alerttest.Left
	online = alerttest.Online
)

var (
	start    = alerttest.Start
	observed = alerttest.Observed
	down     = alerttest.Down
	policy   = alerttest.Policy
	pattern  = alerttest.Pattern
)
