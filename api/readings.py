"""Readings over HTTP: who opened which case when, for the auditor, the chief and the reader."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people, readings
from services.kernel.act import SHANGHAI, Act
from services.policy import PostKind
from services.readings import Reading, ReadingRight, Watched

blp = Blueprint(
    "readings",
    __name__,
    url_prefix="",
    description="Who opened which case when (查阅记录): nothing of the case but its number.",
)
BIGGEST = 2**31 - 1


class ReadingSchema(Schema):
    """One case opened by one person within one hour, by one way in."""

    id = fields.Integer(required=True)
    reader = fields.Nested(PersonSchema, required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    procuratorate_id = fields.Integer(required=True)
    hour = Instant(required=True)
    route = fields.String(required=True, metadata={"example": "/cases/<int:case_id>"})
    right = fields.Enum(ReadingRight, by_value=True, required=True)
    post = fields.String(required=True, metadata={"example": "prosecutor"})
    delegation_id = fields.Integer(required=True, allow_none=True)
    emergency_id = fields.Integer(required=True, allow_none=True)
    opened_at = Instant(required=True)


class ReadingQuery(PageQuery):
    """Which readings."""

    case_id = fields.Integer(load_default=None, validate=validate.Range(1, BIGGEST))
    person_id = fields.Integer(load_default=None, validate=validate.Range(1, BIGGEST))
    right = fields.Enum(ReadingRight, by_value=True, load_default=None)
    from_on = fields.Date(load_default=None)
    until_on = fields.Date(load_default=None)


class ReaderLineSchema(Schema):
    """How much one person read."""

    reader = fields.Nested(PersonSchema, required=True)
    cases = fields.Integer(required=True)
    readings = fields.Integer(required=True)
    outside_hours = fields.Integer(
        required=True, metadata={"description": "On days off, or before 8 or after 19 o'clock."}
    )
    in_emergency = fields.Integer(required=True)
    has_left = fields.Boolean(
        required=True, metadata={"description": "The reader holds no post any more."}
    )


class CaseLineSchema(Schema):
    """By how many one case was read."""

    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    readers = fields.Integer(required=True)
    is_unusual = fields.Boolean(
        required=True, metadata={"description": "Over five, and over three times the usual."}
    )


class ReadingReportSchema(Schema):
    """Who read how much in a procuratorate, from–to a day."""

    procuratorate_id = fields.Integer(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    usual_readers = fields.Float(required=True)
    readers = fields.List(fields.Nested(ReaderLineSchema), required=True)
    cases = fields.List(fields.Nested(CaseLineSchema), required=True)


class ReadingReportQuery(Schema):
    """Which report; without days, the last thirty."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=validate.Range(1, BIGGEST),
        metadata={"description": "Left out by who audits one procuratorate only."},
    )
    from_on = fields.Date(load_default=None)
    until_on = fields.Date(load_default=None)


@blp.route("/readings")
class Readings(Resource):
    """What was opened."""

    @blp.arguments(ReadingQuery, location="query")
    @blp.response(200, page_of(ReadingSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the readings that the reader may see, the newest first."""
        chosen = readings.visible(self.act)
        for name in ("case_id", "person_id", "right"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Reading, name) == query[name])
        if query["from_on"] is not None:
            chosen = chosen.where(Reading.hour >= _begins(query["from_on"]))
        if query["until_on"] is not None:
            chosen = chosen.where(Reading.hour < _begins(query["until_on"]) + timedelta(days=1))
        found = page(self.act.session, chosen, Reading.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)


@blp.route("/reading-reports")
class ReadingReports(Resource):
    """What an auditor looks at first."""

    @blp.arguments(ReadingReportQuery, location="query")
    @blp.response(200, ReadingReportSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Count readings outside working hours, by whom, and cases with many readers."""
        until_on = query["until_on"] or self.act.today
        audited = sorted(self.act.actor.offices_as(PostKind.AUDITOR))
        told = readings.report(
            self.act,
            Watched(query["procuratorate_id"] or next(iter(audited), 0)),
            from_on=query["from_on"] or until_on - timedelta(days=29),
            until_on=until_on,
        )
        named = people.names(self.act.session, {one.person_id for one in told.readers})
        return {
            "procuratorate_id": told.procuratorate_id,
            "from_on": told.from_on,
            "until_on": told.until_on,
            "usual_readers": told.usual_readers,
            "readers": [
                {
                    "reader": {"id": one.person_id, "name": named[one.person_id]},
                    "cases": one.cases,
                    "readings": one.readings,
                    "outside_hours": one.outside_hours,
                    "in_emergency": one.in_emergency,
                    "has_left": one.has_left,
                }
                for one in told.readers
            ],
            "cases": [
                {
                    "case_id": one.case_id,
                    "case_number": one.number,
                    "readers": one.readers,
                    "is_unusual": one.is_unusual,
                }
                for one in told.cases
            ],
        }


def _begins(day: Any) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _shown(act: Act, found: Sequence[Reading]) -> list[dict[str, Any]]:
    named = people.names(act.session, {one.person_id for one in found})
    numbered = readings.numbers(act, found)
    return [
        {
            "id": one.id,
            "reader": {"id": one.person_id, "name": named[one.person_id]},
            "case_id": one.case_id,
            "case_number": numbered[one.case_id],
            "procuratorate_id": one.procuratorate_id,
            "hour": one.hour,
            "route": one.route,
            "right": one.right,
            "post": one.post,
            "delegation_id": one.delegation_id,
            "emergency_id": one.emergency_id,
            "opened_at": one.opened_at,
        }
        for one in found
    ]
