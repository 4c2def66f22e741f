"""Escalations: what nobody has taken notice of goes up the ladder until somebody has."""

from collections.abc import Collection

from notifications.messages import Notice
from services.kernel.act import Act, JournalEntry


def begin(act: Act, entry: JournalEntry, notice: Notice, people: Collection[int]) -> None:
    """Put a message on its ladder, if its kind has one: a part of the dispatcher's act."""
