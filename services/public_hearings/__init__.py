"""Public hearings and reviews (公开听证、公开审查) of a case."""
