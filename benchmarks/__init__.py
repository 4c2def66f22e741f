"""Measurements, honest ones: everything compared is measured in one run, taking turns.

`make bench` raises a database of its own with the demo world in it and compares what phones poll
(their tasks, their inbox) through the whole house with a bare WSGI callable that sends the very
same statements through psycopg alone and writes the rows out as JSON. The difference is what the
house itself costs: routing, the token, the law, the schemas, the log. Both run in this process,
without a network, so the figures are neither throughput nor what a phone feels.

`benchmarks.deadlines` counts periods: one at a time, and ten thousand to a million open ones found,
watched and counted anew after a notice of days off; what matters there is how the times grow.
"""
