"""Tests of appointments: one officer proposes, another confirms."""
