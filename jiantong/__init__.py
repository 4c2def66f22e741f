"""The command line, the demo world and the development simulators."""
