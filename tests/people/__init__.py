"""Tests of the register of people."""
