"""Tests of imports: a table of people is taken over as a whole or not at all."""
