"""Checkpoints (存证点): all chain heads of the journal, signed, so that its past can be proved.

The chain (services/kernel/chain.py) binds each entry to the one before it. Whoever owns the
database could make a whole chain anew; a checkpoint that was taken away in time shows it.
"""

from services.checkpoints.operations import file, find, latest, make, visible
from services.checkpoints.records import CheckpointKey, JournalCheckpoint
from services.checkpoints.verification import BadFile, Finding, JournalFault, Seen, verify

__all__ = [
    "BadFile",
    "CheckpointKey",
    "Finding",
    "JournalCheckpoint",
    "JournalFault",
    "Seen",
    "file",
    "find",
    "latest",
    "make",
    "verify",
    "visible",
]
