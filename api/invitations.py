"""Invitations over HTTP: asked, answered, sworn to, doubted; who came."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, invitations
from services.activities import Activity, ActivityForm, ActivityState
from services.invitations import (
    Attending,
    Invitation,
    InvitationState,
    LateBecause,
    RaisedBy,
    RecusalBecause,
    SupervisorRecusal,
)
from services.kernel.act import Act
from services.policy import Permission, allows
from services.supervisors import Expertise, Supervisor

blp = Blueprint(
    "invitations",
    __name__,
    description="Drawn supervisors are asked to come, and say so (PSUP-2021 7, 20, 21).",
)

_WORDS = validate.And(validate.Length(1, 500), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class InvitedToSchema(Schema):
    """What one is invited to: nothing of the case."""

    id = fields.Integer(required=True)
    title = fields.String(required=True, metadata={"example": "拟不起诉案件公开审查"})
    state = fields.Enum(ActivityState, by_value=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    form = fields.Enum(ActivityForm, by_value=True, required=True)
    place = fields.String(required=True, allow_none=True)
    procuratorate = fields.String(required=True, metadata={"example": "测试市人民检察院"})


class OpenRecusalSchema(Schema):
    """A ground that the organ has to decide about."""

    because = fields.Enum(RecusalBecause, by_value=True, required=True)
    raised_by = fields.Enum(RaisedBy, by_value=True, required=True)
    reported_at = Instant(required=True)


class InvitationSchema(Schema):
    """One supervisor asked to come to one activity."""

    id = fields.Integer(required=True)
    activity = fields.Nested(InvitedToSchema, required=True)
    supervisor_id = fields.Integer(required=True)
    supervisor = fields.Nested(PersonSchema, required=True)
    stratum = fields.Enum(Expertise, by_value=True, required=True, allow_none=True)
    state = fields.Enum(InvitationState, by_value=True, required=True)
    invited_at = Instant(required=True)
    answer_by = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)
    decline_reason = fields.String(required=True, allow_none=True)
    attending = fields.Enum(Attending, by_value=True, required=True, allow_none=True)
    no_conflict_at = Instant(required=True, allow_none=True)
    undertaking = fields.String(
        required=True, allow_none=True, metadata={"description": "The edition that was signed."}
    )
    undertook_at = Instant(required=True, allow_none=True)
    recused_because = fields.Enum(RecusalBecause, by_value=True, required=True, allow_none=True)
    late_because = fields.Enum(
        LateBecause,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Asked later than the procuratorate's practice has it: why."},
    )
    open_recusal = fields.Nested(
        OpenRecusalSchema,
        required=True,
        allow_none=True,
        metadata={"description": "For the organ and the procuratorate; null for the supervisor."},
    )
    forms = fields.List(
        fields.Enum(Attending, by_value=True),
        required=True,
        metadata={"description": "In which ways one can take part."},
    )
    steps = fields.List(
        fields.String(
            validate=validate.OneOf(
                [
                    "answer",
                    "attending",
                    "undertaking",
                    "recusal",
                    "recusal_decision",
                    "attendance",
                ]
            )
        ),
        required=True,
        metadata={"description": "What the reader may do now, as the last word of the address."},
    )
    version = fields.Integer(required=True)


class InvitationQuery(PageQuery):
    """Which invitations."""

    state = fields.Enum(InvitationState, by_value=True, load_default=None)


class NewInvitationAnswer(Schema):
    """Whether one comes."""

    accepted = fields.Boolean(required=True, truthy={True}, falsy={False})
    attending = fields.Enum(Attending, by_value=True, load_default=None, allow_none=True)
    no_conflict = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "One knows of no ground for recusal.", "example": True},
    )
    reason = fields.String(
        load_default=None,
        allow_none=True,
        validate=_WORDS,
        metadata={"description": "Why one does not come."},
    )

    @validates_schema
    def _says_all(self, given: dict[str, Any], **_: object) -> None:
        """How one comes and that nothing stands against it; or why one does not."""
        if given["accepted"]:
            if given["attending"] is None:
                raise ValidationError({"attending": ["Missing data for required field."]})
            if not given["no_conflict"]:
                raise ValidationError({"no_conflict": ["Must be true, or step aside."]})
        elif given["reason"] is None:
            raise ValidationError({"reason": ["Missing data for required field."]})


class NewAttending(Schema):
    """How one takes part."""

    attending = fields.Enum(Attending, by_value=True, required=True)


class NewUndertaking(Schema):
    """Which text one signs."""

    edition = fields.String(
        required=True, validate=validate.Length(1, 40), metadata={"example": "2026-1"}
    )


class NewSupervisorRecusal(Schema):
    """For which ground, and who says so where it is not the supervisor."""

    because = fields.Enum(RecusalBecause, by_value=True, required=True)
    raised_by = fields.Enum(RaisedBy, by_value=True, load_default=RaisedBy.PROCURATORATE)


class NewRecusalDecision(Schema):
    """What the organ decides; a refusal says why."""

    granted = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default=None, allow_none=True, validate=_WORDS)

    @validates_schema
    def _says_why(self, given: dict[str, Any], **_: object) -> None:
        """A refusal has a reason."""
        if not given["granted"] and given["reason"] is None:
            raise ValidationError({"reason": ["Missing data for required field."]})


class NewAttendance(Schema):
    """Whether the supervisor came."""

    attended = fields.Boolean(required=True, truthy={True}, falsy={False})


class UndertakingSchema(Schema):
    """The text that is signed before anything can be read."""

    edition = fields.String(required=True, metadata={"example": "2026-1"})
    title = fields.String(required=True)
    lines = fields.List(fields.String(), required=True)


@blp.route("/undertaking")
class UndertakingText(Resource):
    """The undertaking of secrecy."""

    @blp.response(200, UndertakingSchema)
    def get(self) -> invitations.undertaking.Undertaking:
        """Read the undertaking of secrecy that is in force."""
        return invitations.undertaking.CURRENT


@blp.route("/invitations")
class OwnInvitations(Resource):
    """One's own invitations."""

    @blp.arguments(InvitationQuery, location="query")
    @blp.response(200, page_of(InvitationSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List one's own invitations, the newest first."""
        own = invitations.visible(self.act).where(Supervisor.person_id == self.act.actor.id)
        return _paged(self.act, own, query)


@blp.route("/activities/<int:activity_id>/invitations")
class ActivityInvitations(Resource):
    """Who was asked to come to an activity."""

    @blp.arguments(InvitationQuery, location="query")
    @blp.response(200, page_of(InvitationSchema))
    def get(self, query: dict[str, Any], activity_id: int) -> Page[dict[str, Any]]:
        """List who was asked to come; a supervisor finds the own invitation only."""
        activity = activities.find(self.act, activity_id)
        asked = invitations.visible(self.act).where(Invitation.activity_id == activity.id)
        return _paged(self.act, asked, query)


@blp.route("/invitations/<int:invitation_id>")
class OneInvitation(Resource):
    """One invitation."""

    @blp.response(200, InvitationSchema)
    def get(self, invitation_id: int) -> dict[str, Any]:
        """Read an invitation."""
        return _one(self.act, invitations.find(self.act, invitation_id))


@blp.route("/invitations/<int:invitation_id>/answer")
class InvitationAnswer(Resource):
    """What the supervisor says to it."""

    @blp.arguments(NewInvitationAnswer)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Accept or decline an invitation."""
        found = self.expect(invitations.find(self.act, invitation_id))
        if given["accepted"]:
            invitations.accept(self.act, found, attending=given["attending"])
        else:
            invitations.decline(self.act, found, reason=given["reason"])
        return _one(self.act, found)


@blp.route("/invitations/<int:invitation_id>/attending")
class InvitationAttending(Resource):
    """How the supervisor takes part."""

    @blp.arguments(NewAttending)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Say that one will take part in the other way."""
        found = self.expect(invitations.find(self.act, invitation_id))
        return _one(self.act, invitations.propose_form(self.act, found, **given))


@blp.route("/invitations/<int:invitation_id>/undertaking")
class InvitationUndertaking(Resource):
    """The signature under the undertaking of secrecy."""

    @blp.arguments(NewUndertaking)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Sign the undertaking of secrecy on this phone."""
        found = self.expect(invitations.find(self.act, invitation_id))
        return _one(self.act, invitations.undertake(self.act, found, **given))


@blp.route("/invitations/<int:invitation_id>/recusal")
class InvitationRecusal(Resource):
    """A ground for recusal."""

    @blp.arguments(NewSupervisorRecusal)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Step aside; or, as the procuratorate, tell the organ of a ground."""
        found = self.expect(invitations.find(self.act, invitation_id))
        if found.person_id == self.act.actor.id:
            invitations.step_aside(self.act, found, because=given["because"])
        else:
            invitations.report_conflict(self.act, found, **given)
        return _one(self.act, found)


@blp.route("/invitations/<int:invitation_id>/recusal-decision")
class InvitationRecusalDecision(Resource):
    """What the organ decides."""

    @blp.arguments(NewRecusalDecision)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Decide whether a supervisor is kept away."""
        found = self.expect(invitations.find(self.act, invitation_id))
        recusal = invitations.open_recusal(self.act, found)
        if given["granted"]:
            invitations.grant_recusal(self.act, recusal, reason=given["reason"])
        else:
            invitations.refuse_recusal(self.act, recusal, reason=given["reason"])
        return _one(self.act, found)


@blp.route("/invitations/<int:invitation_id>/attendance")
class InvitationAttendance(Resource):
    """Whether the supervisor came."""

    @blp.arguments(NewAttendance)
    @blp.response(200, InvitationSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> dict[str, Any]:
        """Note whether a supervisor came."""
        found = self.expect(invitations.find(self.act, invitation_id))
        if given["attended"]:
            invitations.mark_attended(self.act, found)
        else:
            invitations.mark_absent(self.act, found)
        return _one(self.act, found)


def _paged(act: Act, chosen: Select[Invitation], query: dict[str, Any]) -> Page[dict[str, Any]]:
    if query["state"] is not None:
        chosen = chosen.where(Invitation.state == query["state"])
    loaded = chosen.options(
        joinedload(Invitation.activity).joinedload(Activity.procuratorate),
        joinedload(Invitation.activity).joinedload(Activity.case),
        joinedload(Invitation.supervisor).joinedload(Supervisor.person),
    )
    found = page(act.session, loaded, Invitation.id.desc(), **query)
    return Page(_shown(act, found.items), found.next_cursor)


def _one(act: Act, invitation: Invitation) -> dict[str, Any]:
    act.session.flush()
    return _shown(act, [invitation])[0]


def _shown(act: Act, found: Sequence[Invitation]) -> list[dict[str, Any]]:
    """The invitations, each with what the reader may do now."""
    doubts = {
        one.invitation_id: one
        for one in act.session.scalars(
            select(SupervisorRecusal).where(
                SupervisorRecusal.invitation_id.in_([one.id for one in found]),
                SupervisorRecusal.outcome.is_(None),
            )
        )
    }
    held = {one.activity for one in found if one.person_id != act.actor.id}
    told = {one.id for one in held if activities.is_reported(act, one)}
    return [
        {name: getattr(one, name) for name in _KEPT}
        | {
            "activity": {name: getattr(one.activity, name) for name in _OF_ACTIVITY}
            | {"procuratorate": one.activity.procuratorate.name},
            "supervisor": {"id": one.person_id, "name": one.supervisor.person.name},
            "open_recusal": None if one.person_id == act.actor.id else doubts.get(one.id),
            "forms": [way for way in Attending if invitations.offers(act, one.activity, way)],
            "steps": _steps(act, one, doubted=one.id in doubts, told=one.activity_id in told),
        }
        for one in found
    ]


def _steps(act: Act, one: Invitation, *, doubted: bool, told: bool) -> list[str]:
    open_now = set(invitations.FLOW.open_from(one.state))
    own = one.person_id == act.actor.id

    def may(permission: Permission, step: str) -> bool:
        return step in open_now and allows(act.actor, permission, one)

    began = act.now >= one.activity.starts_at
    to_mark = began and not told and one.activity.state in activities.FLOW.sources("attend")
    steps = {
        "answer": may(Permission.INVITATION_ANSWER, "decline"),
        "attending": may(Permission.INVITATION_ANSWER, "propose_form"),
        "undertaking": may(Permission.INVITATION_UNDERTAKE, "undertake")
        and one.undertook_at is None,
        "recusal": may(Permission.INVITATION_STEP_ASIDE, "recuse")
        if own
        else not doubted and may(Permission.INVITATION_REPORT, "report_conflict"),
        "recusal_decision": doubted and may(Permission.INVITATION_DECIDE, "recuse"),
        "attendance": to_mark and may(Permission.INVITATION_MARK, "mark_attended"),
    }
    return [step for step, is_open in steps.items() if is_open]


_KEPT = (
    "id",
    "supervisor_id",
    "stratum",
    "state",
    "invited_at",
    "answer_by",
    "answered_at",
    "decline_reason",
    "attending",
    "no_conflict_at",
    "undertaking",
    "undertook_at",
    "recused_because",
    "late_because",
    "version",
)
_OF_ACTIVITY = ("id", "title", "state", "starts_at", "ends_at", "form", "place")
