"""Stand-ins for the services outside, for development and tests: they keep the protocols."""
