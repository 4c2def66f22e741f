"""Columns whose content the database cannot read: sealed values and blind indexes.

The ring of keys travels with the engine, so nothing else has to be handed around. A value is bound
to the column it stands in: moved to another one, it does not open.

A `BlindIndex` of the same `about` as a `SealedText` in the same table follows it by itself: whoever
sets the one has set the other.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import CheckConstraint, Column, Dialect, Engine, FromClause, LargeBinary
from sqlalchemy import event as sa_event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeDecorator

from services.kernel.ciphers import CannotOpenError, KeyRing

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


class SealedMembers(TypeDecorator[dict[str, Any]]):
    """An object in JSON, of which some members are sealed wherever they occur at its top.

    What the rest says can be asked for in SQL as in any other JSON.
    """

    impl = JSONB
    cache_ok = True

    def __init__(self, about: str, *members: str) -> None:
        super().__init__()
        self.about = about
        self.members = members

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """A path into it is compared as in any other JSON."""
        return self.impl_instance.coerce_compared_value(op, value)

    def process_bind_param(
        self, value: Mapping[str, Any] | None, dialect: Dialect
    ) -> dict[str, Any] | None:
        """Seal those members."""
        if value is None:
            return None
        return {
            name: self._sealed(name, one, dialect) if name in self.members else one
            for name, one in value.items()
        }

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dict[str, Any] | None:
        """Open those members."""
        if value is None:
            return None
        return {
            name: self._opened(name, one, dialect) if name in self.members else one
            for name, one in value.items()
        }

    def _sealed(self, name: str, one: Any, dialect: Dialect) -> Any:
        if one is None:
            return None
        plain = json.dumps(one, ensure_ascii=False).encode()
        sealed = ring_of(dialect).seal(plain, about=f"{self.about}.{name}")
        return {SEALED: base64.b64encode(sealed).decode()}

    def _opened(self, name: str, one: Any, dialect: Dialect) -> Any:
        if one is None:
            return None
        about = f"{self.about}.{name}"
        if not isinstance(one, dict) or set(one) != {SEALED}:
            message = f"{about}: not sealed by this house"
            raise CannotOpenError(message)
        return json.loads(ring_of(dialect).open(base64.b64decode(one[SEALED]), about=about))


SEALED = "sealed"
"""The one member of what stands in place of a sealed member."""


@sa_event.listens_for(Mapper, "mapper_configured")
def _keep_in_step(mapper: Mapper[Any], kind: type[Any]) -> None:
    """Let each blind index follow what it indexes, wherever that is set."""
    for index, plain in pairs(mapper.local_table):
        key = mapper.get_property_by_column(index).key
        followed = getattr(kind, mapper.get_property_by_column(plain).key)

        def follow(
            record: object, value: str | None, before: object, _: object, key: str = key
        ) -> None:
            if value != before:
                setattr(record, key, value)

        sa_event.listen(followed, "set", follow, active_history=True)


def together(table: str, plain: str) -> CheckConstraint:
    """No sealed text without its blind index, nor the reverse: the database refuses it."""
    rule = f"({plain} IS NULL) = ({plain}_index IS NULL)"
    return CheckConstraint(rule, name=f"{table}_{plain}_is_indexed")


def pairs(table: FromClause) -> list[tuple[Column[Any], Column[Any]]]:
    """Each blind index of a table, with the sealed text that it indexes."""
    columns = [one for one in table.columns if isinstance(one, Column)]
    indexes = {one.type.about: one for one in columns if isinstance(one.type, BlindIndex)}
    sealed = {one.type.about: one for one in columns if isinstance(one.type, SealedText)}
    return [(index, sealed[about]) for about, index in indexes.items()]
