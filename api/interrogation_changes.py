"""Changing an interrogation over HTTP: its time, its people, its length; and its history."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import selectinload

from api import interrogations as sittings
from api.interrogations import InterrogationSchema, NewInterrogationSeat
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import interrogations, people
from services.interrogations import (
    ChangeKind,
    InterrogationChange,
    LostBecause,
    ToldBecause,
    history,
)
from services.kernel.act import Act
from services.policy import STAFF

blp = Blueprint(
    "interrogation_changes",
    __name__,
    description="What is changed of an interrogation, why, and who is told.",
)

REASON = validate.And(validate.Length(1, 500), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class NewInterrogationTime(Schema):
    """Another time, and why."""

    starts_at = Instant(required=True)
    because = fields.Enum(LostBecause, by_value=True, load_default=LostBecause.HANDLER)
    reason = fields.String(
        required=True, validate=REASON, metadata={"example": "承办人当日另有庭审。"}
    )


class NewInterrogationSeats(Schema):
    """Everybody who is to take part now, and why."""

    seats = fields.List(
        fields.Nested(NewInterrogationSeat), required=True, validate=validate.Length(1, 20)
    )
    reason = fields.String(required=True, validate=REASON, metadata={"example": "书记员休假。"})


class NewInterrogationDuration(Schema):
    """How long it is to last in all, and why."""

    minutes = fields.Integer(
        strict=True, required=True, validate=validate.Range(5, 720), metadata={"example": 90}
    )
    reason = fields.String(
        required=True, validate=REASON, metadata={"example": "需要出示的证据较多。"}
    )


class ChangeToldSchema(Schema):
    """Somebody who is told, and why; whoever has no account is told by the handler."""

    because = fields.Enum(ToldBecause, by_value=True, required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    participant_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    office = fields.Nested(OfficeBriefSchema, required=True, allow_none=True)


class InterrogationChangeSchema(Schema):
    """One entry of an interrogation's history."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    because = fields.Enum(LostBecause, by_value=True, required=True, allow_none=True)
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "In words, for the procuratorate's own people."},
    )
    old_starts_at = Instant(required=True, allow_none=True)
    old_ends_at = Instant(required=True, allow_none=True)
    new_starts_at = Instant(required=True, allow_none=True)
    new_ends_at = Instant(required=True, allow_none=True)
    made_at = Instant(required=True)
    made_by = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null if it happened by itself."},
    )
    told = fields.List(
        fields.Nested(ChangeToldSchema),
        required=True,
        metadata={"description": "Who is told and why; the centre sees its own line."},
    )


@blp.route("/interrogations/<int:interrogation_id>/time")
class InterrogationTime(Resource):
    """When it is held."""

    @blp.arguments(NewInterrogationTime)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Give an interrogation another time, or a new one if it lost its own."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return sittings.shown(self.act, interrogations.reschedule(self.act, found, **given))


@blp.route("/interrogations/<int:interrogation_id>/seats")
class InterrogationSeats(Resource):
    """Who takes part."""

    @blp.arguments(NewInterrogationSeats)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Say anew who takes part."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return sittings.shown(self.act, interrogations.swap(self.act, found, **given))


@blp.route("/interrogations/<int:interrogation_id>/duration")
class InterrogationDuration(Resource):
    """How long it lasts."""

    @blp.arguments(NewInterrogationDuration)
    @blp.response(200, InterrogationSchema)
    def put(self, given: dict[str, Any], interrogation_id: int) -> dict[str, Any]:
        """Let an interrogation last longer."""
        found = self.expect(interrogations.find(self.act, interrogation_id))
        return sittings.shown(self.act, interrogations.extend(self.act, found, **given))


@blp.route("/interrogations/<int:interrogation_id>/changes")
class InterrogationChanges(Resource):
    """What happened to it."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(InterrogationChangeSchema))
    def get(self, query: dict[str, Any], interrogation_id: int) -> Page[dict[str, Any]]:
        """List what was changed, the newest first."""
        found = interrogations.find(self.act, interrogation_id)
        chosen = history.changes_of(found).options(
            selectinload(InterrogationChange.told).joinedload(history.ChangeTold.person),
            selectinload(InterrogationChange.told).joinedload(history.ChangeTold.participant),
            selectinload(InterrogationChange.told).joinedload(history.ChangeTold.office),
        )
        kept = page(self.act.session, chosen, InterrogationChange.id.desc(), **query)
        inside = found.procuratorate_id in self.act.actor.offices_as(*STAFF)
        return Page(_shown(self.act, kept.items, inside=inside), kept.next_cursor)


def _shown(act: Act, kept: Sequence[InterrogationChange], *, inside: bool) -> list[dict[str, Any]]:
    names = people.names(act.session, {one.made_by for one in kept})
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "because": one.because,
            "reason": one.reason if inside else None,
            "old_starts_at": one.before.lower if one.before else None,
            "old_ends_at": one.before.upper if one.before else None,
            "new_starts_at": one.after.lower if one.after else None,
            "new_ends_at": one.after.upper if one.after else None,
            "made_at": one.made_at,
            "made_by": {"id": one.made_by, "name": names[one.made_by]}
            if one.made_by in names
            else None,
            "told": [
                _told(each) for each in one.told if inside or each.office_id in act.actor.offices
            ],
        }
        for one in kept
    ]


def _told(one: history.ChangeTold) -> dict[str, Any]:
    somebody = one.person or one.participant
    return {
        "because": one.because,
        "person_id": one.person_id,
        "participant_id": one.participant_id,
        "name": somebody.name if somebody else None,
        "office": one.office,
    }
