"""Audiences: who hears of a record, composed from a few words.

to=together(person("handler_id"), pool(PostKind.CHIEF_PROCURATOR, of="procuratorate_id"))
"""

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from notifications.messages import Audience
from services import people
from services.kernel.act import SHANGHAI
from services.kernel.clock import legal_now
from services.policy import PostKind


def person(path: str) -> Audience[Any]:
    """Whoever the record names at `path` (`"handler_id"`, `"case.handler_id"`), if anybody."""
    find = attrgetter(path)

    def named(_session: Session, record: Any) -> set[int]:
        found = find(record)
        return set() if found is None else {found}

    return named


def pool(*kinds: PostKind, of: str) -> Audience[Any]:
    """Everyone who holds one of these posts today in the office the record names at `of`."""
    find = attrgetter(of)

    def holders(session: Session, record: Any) -> set[int]:
        office_id = find(record)
        if office_id is None:
            return set()
        return _holders(session, kinds, office_id)

    return holders


def together(*audiences: Audience[Any]) -> Audience[Any]:
    """Everyone of these audiences, each person once."""

    def everyone(session: Session, record: Any) -> set[int]:
        return set[int]().union(*(audience(session, record) for audience in audiences))

    return everyone


def _holders(session: Session, kinds: Collection[PostKind], office_id: int) -> set[int]:
    today = legal_now(session).astimezone(SHANGHAI).date()
    return people.holders(session, kinds, office_id, today)
