"""What became of supervision in numbers, and the reports to the organ."""
