"""Appointments over HTTP: proposed by the administrator, confirmed by the security officer."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.offices import BIGGEST, OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema, PostSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import appointments, handovers, offices, people
from services.appointments import Appointment, AppointmentState, NewAppointment, PostEndReason
from services.kernel.act import Act
from services.people import Post
from services.policy import Permission, PostKind, allows

blp = Blueprint(
    "appointments",
    __name__,
    url_prefix="",
    description="Posts, proposed by one officer and confirmed by another (三员分立).",
)

_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class AppointmentSchema(Schema):
    """A post proposed for somebody, and what became of it."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    office = fields.Nested(OfficeBriefSchema, required=True)
    kind = fields.Enum(PostKind, by_value=True, required=True, metadata={"example": "prosecutor"})
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    state = fields.Enum(AppointmentState, by_value=True, required=True)
    proposed_at = Instant(required=True)
    proposed_by = fields.Nested(PersonSchema, required=True)
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    post_id = fields.Integer(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    end_reason = fields.Enum(PostEndReason, by_value=True, required=True, allow_none=True)
    may_answer = fields.Boolean(
        required=True, metadata={"description": "The reader may confirm or refuse it now."}
    )
    may_withdraw = fields.Boolean(
        required=True, metadata={"description": "The reader may take it back now."}
    )
    version = fields.Integer(required=True)


class AppointmentQuery(PageQuery):
    """Which appointments."""

    state = fields.Enum(AppointmentState, by_value=True, load_default=None)
    person_id = fields.Integer(load_default=None, validate=validate.Range(1, BIGGEST))


class AppointmentProposal(Schema):
    """A post to propose for somebody."""

    person_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    kind = fields.Enum(PostKind, by_value=True, required=True, metadata={"example": "prosecutor"})
    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)


class NewAppointmentRefusal(Schema):
    """Why a proposed post is refused."""

    reason = fields.String(required=True, validate=_WORDS, metadata={"example": "任免文件未附。"})


class NewPostEnding(Schema):
    """Why a post ends before its last day."""

    reason = fields.Enum(PostEndReason, by_value=True, required=True)


@blp.route("/appointments")
class Appointments(Resource):
    """The appointments one may see."""

    @blp.arguments(AppointmentQuery, location="query")
    @blp.response(200, page_of(AppointmentSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the appointments of the offices one keeps, and one's own, the newest first."""
        chosen = appointments.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(Appointment.state == query["state"])
        if query["person_id"] is not None:
            chosen = chosen.where(Appointment.person_id == query["person_id"])
        found = page(self.act.session, chosen, Appointment.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)

    @blp.arguments(AppointmentProposal)
    @blp.response(201, AppointmentSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Propose a post for somebody; the security officer confirms it."""
        person = people.find(self.act, given.pop("person_id"))
        office = offices.find(self.act, given.pop("office_id"))
        new = NewAppointment(person, office, **given)
        return _shown(self.act, [appointments.propose(self.act, new)])[0]


@blp.route("/appointments/<int:appointment_id>")
class OneAppointment(Resource):
    """One appointment."""

    @blp.response(200, AppointmentSchema)
    def get(self, appointment_id: int) -> dict[str, Any]:
        """Read an appointment."""
        return _shown(self.act, [appointments.find(self.act, appointment_id)])[0]


@blp.route("/appointments/<int:appointment_id>/confirmation")
class AppointmentConfirmation(Resource):
    """The security officer's yes."""

    @blp.response(200, AppointmentSchema)
    def put(self, appointment_id: int) -> dict[str, Any]:
        """Confirm a proposed post."""
        found = self.expect(appointments.find(self.act, appointment_id))
        return _shown(self.act, [appointments.confirm(self.act, found)])[0]


@blp.route("/appointments/<int:appointment_id>/refusal")
class AppointmentRefusal(Resource):
    """The security officer's no."""

    @blp.arguments(NewAppointmentRefusal)
    @blp.response(200, AppointmentSchema)
    def put(self, given: dict[str, Any], appointment_id: int) -> dict[str, Any]:
        """Refuse a proposed post, and say why."""
        found = self.expect(appointments.find(self.act, appointment_id))
        return _shown(self.act, [appointments.refuse(self.act, found, **given)])[0]


@blp.route("/appointments/<int:appointment_id>/withdrawal")
class AppointmentWithdrawal(Resource):
    """The administrator thinks better of it."""

    @blp.response(200, AppointmentSchema)
    def put(self, appointment_id: int) -> dict[str, Any]:
        """Take a proposal back before it is answered."""
        found = self.expect(appointments.find(self.act, appointment_id))
        return _shown(self.act, [appointments.withdraw(self.act, found)])[0]


@blp.route("/posts")
class Posts(Resource):
    """The posts of the offices one keeps."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(PostSchema))
    def get(self, query: dict[str, Any]) -> Page[Post]:
        """List the posts of the offices one keeps, and one's own, the newest first."""
        return page(self.act.session, appointments.posts(self.act), Post.id.desc(), **query)


@blp.route("/posts/<int:post_id>/ending")
class PostEnding(Resource):
    """The early end of a post."""

    @blp.arguments(NewPostEnding)
    @blp.response(200, PersonSchema)
    def put(self, given: dict[str, Any], post_id: int) -> Any:
        """Take a post away at once; the last one leaves no work behind."""
        post = appointments.find_post(self.act, post_id)
        return handovers.end_post(self.act, post, **given)


def _shown(act: Act, found: Sequence[Appointment]) -> list[dict[str, Any]]:
    """The appointments with everybody's names, in few queries."""
    act.session.flush()
    ids = {one for each in found for one in (each.proposed_by, each.answered_by) if one}
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        return None if person_id is None else {"id": person_id, "name": names[person_id]}

    return [
        {name: getattr(one, name) for name in _KEPT}
        | {
            "proposed_by": named(one.proposed_by),
            "answered_by": named(one.answered_by),
            "may_answer": _open(one) and allows(act.actor, Permission.APPOINTMENT_CONFIRM, one),
            "may_withdraw": _open(one) and allows(act.actor, Permission.APPOINTMENT_WITHDRAW, one),
        }
        for one in found
    ]


def _open(one: Appointment) -> bool:
    return one.state is AppointmentState.PROPOSED


_KEPT = (
    "id", "person", "office", "kind", "from_on", "until_on", "state", "proposed_at",
    "answered_at", "reason", "post_id", "ended_at", "end_reason", "version",
)  # fmt: skip
