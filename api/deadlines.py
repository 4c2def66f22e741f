"""Statutory periods over HTTP: what runs until when, the steps to each date, and the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from marshmallow import Schema, fields, validate
from sqlalchemy import not_, select

from api.deadline_calculations import DeadlineCalculationSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import InvalidContent
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_reviews, cases, deadlines, prosecutions
from services.arrest_requests.records import Suspect
from services.arrest_reviews import ArrestReview
from services.cases import Case, case_suspects
from services.deadlines import (
    CloseReason,
    Custody,
    Deadline,
    DeadlineEntry,
    EntryKind,
    Flag,
    Organ,
    Standing,
    lists,
    tiers,
    warning_settings,
)
from services.deadlines.engine.wire import calculation_as_plain
from services.deadlines.tiers import DEFAULT, Light, Tiers
from services.kernel.act import Act, Identified
from services.people import Person
from services.prosecutions import Prosecution

blp = Blueprint(
    "deadlines", __name__, description="Statutory periods: until when, why, and what was thought."
)

_NOW = {"description": "The legal clock as it was read for this answer: count what is left by it."}


class DeadlineSuspectSchema(Schema):
    """Whose period it is."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class DeadlineCaseSchema(Schema):
    """In which case it runs."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)


class DeadlineSchema(Schema):
    """One period that runs, or ran, for one suspect or for one case."""

    id = fields.Integer(required=True)
    rule_id = fields.String(required=True, metadata={"example": "D06"})
    title = fields.String(required=True, metadata={"description": "What is to be done, in words."})
    title_en = fields.String(required=True, metadata={"example": "decide on arrest (detained)"})
    article = fields.String(required=True, metadata={"example": "CPL 91¶3; RULES 282"})
    article_zh = fields.String(required=True, metadata={"example": "刑诉法91条3款；刑诉规则282条"})
    binds = fields.Enum(Organ, by_value=True, required=True)
    is_custody = fields.Boolean(
        required=True, metadata={"description": "It limits for how long a person is held now."}
    )
    suspect = fields.Nested(DeadlineSuspectSchema, required=True, allow_none=True)
    case = fields.Nested(DeadlineCaseSchema, required=True, allow_none=True)
    about_kind = fields.String(
        required=True,
        metadata={"description": "In the matter of which record.", "example": "arrest_reviews"},
    )
    about_id = fields.Integer(required=True)
    started_at = Instant(required=True)
    custody = fields.Enum(Custody, by_value=True, required=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day to keep; null where the law says at once."},
    )
    outer_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The latest day the law can bear, where readings differ."},
    )
    due_at = Instant(
        required=True, allow_none=True, metadata={"description": "Of what is counted in hours."}
    )
    outer_at = Instant(required=True, allow_none=True)
    warn_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The first day on which any reading ends the period."},
    )
    provisional = fields.Boolean(
        required=True, metadata={"description": "It ends beyond the days off announced so far."}
    )
    flags = fields.List(fields.Enum(Flag, by_value=True), required=True)
    standing = fields.Enum(Standing, by_value=True, required=True)
    light = fields.Enum(
        Light,
        by_value=True,
        required=True,
        metadata={"description": "Grey: closed, suspended, or without a day."},
    )
    closed_at = Instant(required=True, allow_none=True)
    close_reason = fields.Enum(CloseReason, by_value=True, required=True, allow_none=True)


class LightCountsSchema(Schema):
    """How many show which light."""

    red = fields.Integer(required=True)
    amber = fields.Integer(required=True)
    green = fields.Integer(required=True)
    grey = fields.Integer(required=True)


class DeadlinePageSchema(page_of(DeadlineSchema)):  # type: ignore[misc]  # made, not written
    """One page of a list."""

    counts = fields.Nested(
        LightCountsSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Of the whole list, whatever the light; on its first page only."},
    )
    now = Instant(required=True, metadata=_NOW)


class CaseDeadlinesSchema(Schema):
    """Every period of one case, what is open first."""

    items = fields.List(fields.Nested(DeadlineSchema), required=True)
    earliest_due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Of what runs; each suspect has dates of their own."},
    )
    now = Instant(required=True, metadata=_NOW)


class DeadlineEntrySchema(Schema):
    """One thing that happened to a period."""

    id = fields.Integer(required=True)
    kind = fields.Enum(EntryKind, by_value=True, required=True)
    details = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "The event, as a calculation takes it.",
            "example": {"started": "2026-09-05T10:00:00+08:00", "custody": "held"},
        },
    )
    happened_at = Instant(required=True)
    recorded_at = Instant(required=True)
    by = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null: the house itself, after a notice was loaded."},
    )


class OneDeadlineSchema(DeadlineSchema):
    """One period with the steps that lead to its dates, and all that happened to it."""

    calculation = fields.Nested(DeadlineCalculationSchema, required=True)
    entries = fields.List(fields.Nested(DeadlineEntrySchema), required=True)
    now = Instant(required=True, metadata=_NOW)


class DeadlineQuery(PageQuery):
    """Which periods; only open ones are listed."""

    light = fields.Enum(Light, by_value=True, load_default=None)
    scope = fields.String(
        load_default="office",
        validate=validate.OneOf(["mine", "department", "office"]),
        metadata={
            "description": "mine: a prosecutor's own cases, or the duties of an officer's organ; "
            "department: what one's department keeps or watches; office: all that one may read."
        },
    )
    custody = fields.Boolean(
        load_default=None,
        metadata={"description": "Only those that limit for how long a person is held, or none."},
    )


class MomentQuery(Schema):
    """As it was thought when."""

    at = Instant(
        load_default=None,
        metadata={
            "description": "A moment that has passed: what was known then, counted as then.",
            "example": "2026-03-03T09:00:00+08:00",
        },
    )


class OpenQuery(Schema):
    """Open ones only, or all."""

    open = fields.Boolean(load_default=False)


class Name(NamedTuple):
    """Somebody by id and name."""

    id: int
    name: str


class Number(NamedTuple):
    """A case by id and number."""

    id: int
    number: str


class Named(NamedTuple):
    """Whose a period is, and in which case."""

    suspect: Name | None
    case: Number | None


def item(
    act: Act,
    deadline: Deadline,
    named: Named,
    set_by: Mapping[int, Tiers],
    *,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The period as a phone sees it now, or saw it at a moment that has passed."""
    rule, moment = deadline.rule, at or act.now
    return {name: getattr(deadline, name) for name in _KEPT} | {
        "title": rule.zh,
        "title_en": rule.en,
        "article": rule.article,
        "article_zh": rule.article_zh,
        "binds": rule.binds,
        "suspect": named.suspect,
        "case": named.case,
        "flags": [Flag(flag) for flag in deadline.flags],
        "standing": deadline.standing(moment),
        "light": tiers.light(deadline, moment, set_by.get(deadline.procuratorate_id, DEFAULT)),
    }


_KEPT = (
    "id",
    "rule_id",
    "is_custody",
    "about_kind",
    "about_id",
    "started_at",
    "custody",
    "due_on",
    "outer_on",
    "due_at",
    "outer_at",
    "warn_on",
    "provisional",
    "closed_at",
    "close_reason",
)


def shown(act: Act, found: Sequence[Deadline]) -> list[dict[str, Any]]:
    """The periods with the names that tell one from another."""
    names = {**_of_suspects(act, found), **_of_cases(act, found)}
    set_by = warning_settings.tiers_set(act.session)
    return [item(act, deadline, names[deadline.id], set_by) for deadline in found]


def _of_suspects(act: Act, found: Sequence[Deadline]) -> dict[int, Named]:
    """One query, however many there are."""
    ids = {deadline.suspect_id for deadline in found if deadline.suspect_id is not None}
    chosen = (
        select(Suspect.id, Suspect.name, Case.procuratorate_id, Case.id, Case.number)
        .outerjoin(case_suspects, case_suspects.c.suspect_id == Suspect.id)
        .outerjoin(Case, Case.id == case_suspects.c.case_id)
        .where(Suspect.id.in_(ids))
        .order_by(Suspect.id, Case.id)
    )
    rows = act.session.execute(chosen).all() if ids else []
    names = {row[0]: Name(row[0], row[1]) for row in rows}
    latest = {(row[0], row[2]): _number(row[3], row[4]) for row in rows}
    return {
        one.id: Named(names[one.suspect_id], latest.get((one.suspect_id, one.procuratorate_id)))
        for one in found
        if one.suspect_id in names
    }


def _of_cases(act: Act, found: Sequence[Deadline]) -> dict[int, Named]:
    """Of those that are a case's as a whole: one query for each kind of record they are about."""
    whole = [deadline for deadline in found if deadline.suspect_id is None]
    named = {deadline.id: Named(None, None) for deadline in whole}
    for kind, (chosen, key) in _CASES.items():
        ids = {deadline.about_id for deadline in whole if deadline.about_kind == kind}
        rows = act.session.execute(chosen.where(key.in_(ids))).all() if ids else []
        numbers = {row[0]: _number(row[1], row[2]) for row in rows}
        for deadline in whole:
            if deadline.about_kind == kind:
                named[deadline.id] = Named(None, numbers.get(deadline.about_id))
    return named


def _number(case_id: int | None, number: str | None) -> Number | None:
    return None if case_id is None or number is None else Number(case_id, number)


_CASES: Mapping[str, tuple[Any, Any]] = {
    "cases": (select(Case.id, Case.id, Case.number), Case.id),
    "arrest_requests": (
        select(Case.arrest_request_id, Case.id, Case.number),
        Case.arrest_request_id,
    ),
    "transfers": (select(Case.transfer_id, Case.id, Case.number), Case.transfer_id),
    "prosecutions": (
        select(Prosecution.id, Case.id, Case.number).join(Case, Prosecution.case_id == Case.id),
        Prosecution.id,
    ),
    "arrest_reviews": (
        select(ArrestReview.id, Case.id, Case.number).join(Case, ArrestReview.case_id == Case.id),
        ArrestReview.id,
    ),
}
"""How the records that periods are about lead to a case."""


_SCOPES = {"mine": lists.own, "department": lists.of_department}


@blp.route("/deadlines")
class Deadlines(Resource):
    """What runs, and until when."""

    @blp.arguments(DeadlineQuery, location="query")
    @blp.response(200, DeadlinePageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the open periods that the reader may see, the most urgent first."""
        act = self.act
        chosen = deadlines.visible(act).where(lists.still_open())
        if (narrowed := _SCOPES.get(query["scope"])) is not None:
            chosen = chosen.where(narrowed(act))
        if query["custody"] is not None:
            limiting = lists.limiting_custody()
            chosen = chosen.where(limiting if query["custody"] else not_(limiting))
        light = lists.light(act, warning_settings.tiers_set(act.session))
        counts = lists.counted(act, chosen, light) if query["cursor"] is None else None
        if query["light"] is not None:
            chosen = chosen.where(light == query["light"].value)
        found: Page[Deadline] = page(act.session, chosen, *lists.by_urgency(act), **query)
        return {
            "items": shown(act, found.items),
            "next_cursor": found.next_cursor,
            "counts": counts,
            "now": act.now,
        }


@blp.route("/deadlines/<int:deadline_id>")
class OneDeadline(Resource):
    """One period."""

    @blp.arguments(MomentQuery, location="query")
    @blp.response(200, OneDeadlineSchema)
    def get(self, query: dict[str, Any], deadline_id: int) -> dict[str, Any]:
        """Read a period with the steps to its dates, as of now or as it was thought then."""
        act, at = self.act, query["at"]
        if at is not None and at > act.now:
            raise _ahead()
        deadline = deadlines.find(act, deadline_id)
        told = lists.as_of(act, deadline, at) if at else lists.as_known(act, deadline)
        (named,) = {**_of_suspects(act, [deadline]), **_of_cases(act, [deadline])}.values()
        said = item(act, told.deadline, named, warning_settings.tiers_set(act.session), at=told.at)
        return said | {
            "calculation": calculation_as_plain(told.calculation),
            "entries": _entries(act, told.entries),
            "now": act.now,
        }


def _ahead() -> InvalidContent:
    detail = {"zh": "不能晚于现在。", "en": "May not be later than now."}
    told = {"parameter": "at", "code": "too_big", "detail": detail, "severity": "error"}
    return InvalidContent(errors=[told])


def _entries(act: Act, entries: Sequence[DeadlineEntry]) -> list[dict[str, Any]]:
    """With the names of who entered them, in one query."""
    chosen = select(Person.id, Person.name).where(Person.id.in_({one.by_id for one in entries}))
    people = {row.id: Name(row.id, row.name) for row in act.session.execute(chosen)}
    return [
        {
            "id": entry.id,
            "kind": entry.kind,
            "details": entry.details,
            "happened_at": entry.happened_at,
            "recorded_at": entry.recorded_at,
            "by": people.get(entry.by_id),
        }
        for entry in entries
    ]


@blp.route("/cases/<int:case_id>/deadlines")
class CaseDeadlines(Resource):
    """Every period of one case."""

    @blp.arguments(OpenQuery, location="query")
    @blp.response(200, CaseDeadlinesSchema)
    def get(self, query: dict[str, Any], case_id: int) -> dict[str, Any]:
        """List the periods of a case and of each suspect in it, and say which ends first."""
        act = self.act
        case = cases.find(act, case_id)
        suspects = {suspect.id for suspect in case.suspects}
        reviews, tried = arrest_reviews.of_case(act, case), prosecutions.of_case(act, case)
        matters: list[Identified] = [case, case.origin, *reviews, *tried]
        chosen = lists.of_matter(act, suspects, matters)
        if query["open"]:
            chosen = chosen.where(lists.still_open())
        ordered = chosen.order_by(Deadline.closed_at.desc().nulls_first(), *lists.by_urgency(act))
        found = act.session.scalars(ordered).all()
        running = [one for one in found if one.closed_at is None and one.suspended_on is None]
        days = [one.due_on for one in running if one.due_on is not None]
        return {
            "items": shown(act, found),
            "earliest_due_on": min(days, default=None),
            "now": act.now,
        }
