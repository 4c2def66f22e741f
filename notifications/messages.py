"""Messages: an event, put into words, for an audience.

A writer is pure: it is given the event and the record it is about, so any message can be
shown in a gallery or a test without a database. Its words are for the inbox, inside the app;
a push never carries one of them (`notifications/payloads.py`).

    @on(CaseAccepted, about=Case, to=HANDLER, urgency=Urgency.TASK,
        sample=lambda: (CaseAccepted(7), Case(id=7, number="测检捕受〔2026〕7号")))
    def case_accepted(event: CaseAccepted, case: Case) -> Message:
        return Message(title="案件已受理", body=case.number, link=f"/cases/{case.id}")
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.orm.interfaces import ORMOption

import notifications
from notifications.audiences import Audience
from services.kernel.act import Event, Record

F = TypeVar("F", bound=Event)
R = TypeVar("R", bound=Record)
Writer = Callable[[F, R], "Message"]
Sample = Callable[[], tuple[F, R]]


class Urgency(StrEnum):
    """The class of a message: all that a lock screen may show of it."""

    INFO = "info"
    TASK = "task"
    URGENT = "urgent"
    ALARM = "alarm"
    """Somebody is held longer than the law allows; it is told anew every day."""

    @property
    def lives_for(self) -> timedelta:
        """How long a push may still arrive; the inbox keeps the message for ever."""
        daily = self in {Urgency.INFO, Urgency.ALARM}
        return timedelta(days=1) if daily else timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Words:
    """A title and a body in one language."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is shown in the inbox in Chinese and English, and where a tap leads."""

    title: str
    body: str
    link: str
    en: Words | None = None

    def said_in(self, language: str) -> Words:
        """The words in that language (`zh` or `en`)."""
        return self.en if language == "en" and self.en else Words(self.title, self.body)


@dataclass(frozen=True, slots=True)
class Clock:
    """The period of which a message speaks: how long the message may wait."""

    ends_at: datetime
    next_at: datetime | None
    """When it is spoken of next, louder; none when nothing is left to say."""
    presses: bool
    """Somebody is held meanwhile, or the law counts hours: under a day it waits for no morning."""

    def later(self, by: timedelta) -> "Clock":
        """The same by another clock, so much ahead."""
        return Clock(self.ends_at + by, self.next_at + by if self.next_at else None, self.presses)


@dataclass(frozen=True, slots=True)
class Notice:
    """How one kind of event is told: about what, to whom, how urgently, in which words."""

    about: type[Any]
    to: Audience
    write: Writer[Any, Any]
    urgency: Urgency
    sample: Sample[Any, Any] | None
    version: int = 1
    """Of its words: raised with every change of them (`notifications/catalogue.py`)."""
    topic: Callable[[Any], str] | None = None
    """What it is about for whoever is told again: a later message of the same topic replaces it."""
    settled: Callable[[Any], bool] | None = None
    """Is the matter of the record over, so that nobody is asked for an answer any more?"""
    urgency_of: Callable[[Any], Urgency] | None = None
    """The class of one event, where its kind has several."""
    clock: Callable[[Any], Clock | None] | None = None
    """The period that runs while the message waits, by the legal clock, if it speaks of one."""

    def of(self, event: Event) -> "Notice":
        """The same for one event, with its own class."""
        return replace(self, urgency=self.urgency_of(event)) if self.urgency_of else self


NOTICES: dict[str, Notice] = {}
LOADING: dict[type[Any], tuple[ORMOption, ...]] = {}


def on(  # noqa: PLR0913  # each by its name
    event: type[F],
    *,
    about: type[R],
    to: Audience,
    urgency: Urgency = Urgency.INFO,
    sample: Sample[F, R] | None = None,
    version: int = 1,
    topic: Callable[[F], str] | None = None,
    settled: Callable[[R], bool] | None = None,
    urgency_of: Callable[[F], Urgency] | None = None,
    clock: Callable[[R], Clock | None] | None = None,
) -> Callable[[Writer[F, R]], Writer[F, R]]:
    """Say how a kind of event is told; `sample` is what the gallery and the house tests render."""

    def register(writer: Writer[F, R]) -> Writer[F, R]:
        NOTICES[event.__name__] = Notice(
            about, to, writer, urgency, sample, version, topic, settled, urgency_of, clock
        )
        return writer

    return register


def topic_of(noun: str) -> Callable[[Event], str]:
    """The topic of what is told about one record: what is said later takes its place."""
    return lambda event: f"{noun}:{event.about_id}"


def read_with(about: type[Record], *options: ORMOption) -> None:
    """Say what the writers of a record look at beside it, so that a page of them is few queries."""
    LOADING[about] = options


@cache
def notices() -> Mapping[str, Notice]:
    """Every notice of the house, by the event's name: all writers of this room are read first."""
    for module in pkgutil.iter_modules(notifications.__path__):
        importlib.import_module(f"notifications.{module.name}")
    return NOTICES
