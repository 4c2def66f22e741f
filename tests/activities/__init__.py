"""Activities: planned, asked for with the days of notice, moved, called off, held."""
