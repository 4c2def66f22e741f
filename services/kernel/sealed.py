"""Columns whose content the database cannot read: sealed values and blind indexes.

The ring of keys travels with the engine, so nothing else has to be handed around. A value is bound
to the column it stands in: moved to another one, it does not open.
"""

from typing import Any

from sqlalchemy import Dialect, Engine, LargeBinary
from sqlalchemy.types import TypeDecorator

from services.kernel.ciphers import KeyRing

_RING = "jiantong_ring"


def carry(engine: Engine, ring: KeyRing) -> Engine:
    """Let everything that goes through `engine` be sealed and opened with `ring`."""
    setattr(engine.dialect, _RING, ring)
    return engine


def ring_of(dialect: Dialect) -> KeyRing:
    """The ring that the engine carries."""
    ring = getattr(dialect, _RING, None)
    if not isinstance(ring, KeyRing):
        message = "This engine carries no keys: services.kernel.sealed.carry(engine, ring)"
        raise TypeError(message)
    return ring


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, sealed as `about`: `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        return None if value is None else ring_of(dialect).seal(value, about=self.about)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        """Open."""
        return None if value is None else ring_of(dialect).open(bytes(value), about=self.about)


class SealedText(TypeDecorator[str]):
    """Text, sealed as `about`: `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        return None if value is None else ring_of(dialect).seal(value.encode(), about=self.about)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Open."""
        if value is None:
            return None
        return ring_of(dialect).open(bytes(value), about=self.about).decode()


class BlindIndex(TypeDecorator[str]):
    """The blind index of a sealed text: equal for equal texts, and good for nothing else.

    Bind the plain text, also in a comparison; what is read back is the index in hexadecimal.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Code the plain text."""
        return None if value is None else ring_of(dialect).blind(value, about=self.about)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the signature of SQLAlchemy
        """The index, as text."""
        return None if value is None else bytes(value).hex()
