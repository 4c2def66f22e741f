"""The demo world: a fictional city in which every screen has something true to show."""
