package notify

import "haproxy-alert/alert"

// Settings are what every channel has in a configuration.
type Settings struct {
	// Name is the channel's name, as it stands in the journal, in errors and in logs.
	Name string `toml:"name"`
	// Level is the least severity told.
	Level alert.Level `toml:"level"`
	// GiveUpAfter is how long a notice is tried; zero: as long as for all channels.
	GiveUpAfter Duration `toml:"give_up_after"`
	// Rate is how many notices it takes; zero: no limit.
	Rate alert.Rate `toml:"rate"`
}

// Common returns the settings that every channel has.
func (s *Settings) Common() *Settings { return s }
