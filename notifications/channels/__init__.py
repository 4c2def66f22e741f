"""The channels a push may take; each is the one door to its vendor."""
