"""Base of every table, and what a column of each type is in the database."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase


class Record(DeclarativeBase):
    """Base of every table."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy asks for a plain dict
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[int]: JSONB,
        str: Text,
        bytes: LargeBinary,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=80,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }
