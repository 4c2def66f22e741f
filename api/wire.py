"""How plain values travel: instants in UTC, dates as dates, enums as their values."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from flask.json.provider import DefaultJSONProvider
from marshmallow import fields


class Json(DefaultJSONProvider):
    """JSON with Chinese left readable, in the order of the schema, and ISO 8601 everywhere."""

    ensure_ascii = False
    sort_keys = False
    compact = True

    @staticmethod
    def default(value: Any) -> Any:
        """Values that JSON has no word for."""
        if isinstance(value, datetime):
            return instant(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, (set, frozenset)):
            return sorted(value)
        if isinstance(value, (UUID, Decimal)):
            return str(value)
        return DefaultJSONProvider.default(value)


def instant(value: datetime) -> str:
    """An instant in UTC, to the second: 2026-11-22T06:00:00Z."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class Instant(fields.AwareDateTime):
    """An instant on the wire: read with any offset, always written in UTC."""

    SERIALIZATION_FUNCS = fields.AwareDateTime.SERIALIZATION_FUNCS | {"iso": instant}
