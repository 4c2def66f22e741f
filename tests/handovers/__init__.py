"""Tests of hand-overs: whoever leaves leaves no work behind."""
