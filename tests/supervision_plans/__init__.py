"""The year's plan of activities."""
