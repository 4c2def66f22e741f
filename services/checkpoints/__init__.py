"""Checkpoints (存证点): all chain heads of the journal, signed, so that its past can be proved."""
