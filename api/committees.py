"""The procuratorial committee over HTTP: its seats, its agenda, the session and the decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.cases import named
from api.deadlines import DeadlineCaseSchema
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import committees, people
from services.committees import (
    Absence,
    Ballot,
    CommitteeMatter,
    CommitteeMember,
    CommitteeState,
    MatterGround,
    Presence,
    Seat,
    VoteForm,
)
from services.kernel.act import Act
from services.offices import Office
from services.policy import Permission, allows

blp = Blueprint(
    "committees",
    __name__,
    description="Procuratorial committees: ORG 30-33 and the committee rules of 2020.",
)

_WORDS = validate.And(validate.Length(1, 4000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_PAPERS = validate.And(validate.Length(1, 20000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_ID = validate.Range(1, 2**31 - 1)
_QUESTION = "本案是否批准逮捕犯罪嫌疑人？"
_BALLOT_OPEN = frozenset({CommitteeState.IN_SESSION, CommitteeState.NO_MAJORITY})
"""While votes are being cast a member reads the own one only."""


class SeatSchema(Schema):
    """A seat in a committee."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    seat = fields.Enum(Seat, by_value=True, required=True)
    registered_at = Instant(required=True)
    left_at = Instant(required=True, allow_none=True, metadata={"example": None})


class NewSeat(Schema):
    """Who was given which seat."""

    person_id = fields.Integer(required=True, validate=_ID)
    seat = fields.Enum(Seat, by_value=True, required=True)


class CommitteeSchema(Schema):
    """A committee, and how many of it make a quorum and a majority."""

    procuratorate_id = fields.Integer(required=True)
    seats = fields.List(fields.Nested(SeatSchema), required=True)
    size = fields.Integer(required=True)
    quorum = fields.Integer(
        required=True,
        metadata={
            "description": "More than half of all members (ORG 32): as many must sit, and as "
            "many must vote alike for a decision. Zero without members."
        },
    )
    is_odd = fields.Boolean(
        required=True, metadata={"description": "There should be an odd number (ORG 30)."}
    )
    may_register = fields.Boolean(
        required=True, metadata={"description": "The reader may change the register."}
    )


class CommitteeQuery(Schema):
    """Whose committee."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=_ID,
        metadata={"description": "Which procuratorate, where one holds posts in several."},
    )


class MatterBriefSchema(Schema):
    """A matter in a list."""

    id = fields.Integer(required=True)
    case = fields.Nested(DeadlineCaseSchema, required=True)
    ground = fields.Enum(MatterGround, by_value=True, required=True)
    question = fields.String(required=True, metadata={"example": _QUESTION})
    state = fields.Enum(CommitteeState, by_value=True, required=True)
    put_at = Instant(required=True)
    sits_at = Instant(required=True, allow_none=True)
    decision = fields.Enum(Ballot, by_value=True, required=True, allow_none=True)
    notice_number = fields.String(
        required=True, allow_none=True, metadata={"example": "云青检检委决〔2026〕1号"}
    )


class AttendanceSchema(Schema):
    """Whether a member sits, and what the member said in which place of the order."""

    person = fields.Nested(PersonSchema, required=True)
    seat = fields.Enum(Seat, by_value=True, required=True)
    presence = fields.Enum(Presence, by_value=True, required=True)
    absence_reason = fields.String(required=True, allow_none=True)
    place = fields.Integer(required=True, allow_none=True)
    speech = fields.String(required=True, allow_none=True)
    spoke_at = Instant(required=True, allow_none=True)


class VoteSchema(Schema):
    """One member's one vote."""

    person = fields.Nested(PersonSchema, required=True)
    ballot = fields.Enum(Ballot, by_value=True, required=True)
    form = fields.Enum(VoteForm, by_value=True, required=True)
    opinion = fields.String(required=True, allow_none=True)
    cast_at = Instant(required=True)
    minority = fields.Boolean(
        required=True,
        metadata={"description": "It differs from the decision; its opinion stays on record."},
    )


class TallySchema(Schema):
    """How many voted for what."""

    approve = fields.Integer(required=True)
    reject = fields.Integer(required=True)
    other = fields.Integer(required=True)


class MatterSchema(MatterBriefSchema):
    """A matter, from the agenda to the feedback.

    Speeches and votes are for the chief procurator and the committee; while a session votes, a
    member reads the own vote only.
    """

    report = fields.String(required=True, metadata={"description": "The papers."})
    about_kind = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What awaits the decision, by its table.", "example": None},
    )
    about_id = fields.Integer(required=True, allow_none=True, metadata={"example": None})
    put_by = fields.Nested(PersonSchema, required=True)
    summoned_at = Instant(required=True, allow_none=True)
    presider = fields.Nested(PersonSchema, required=True, allow_none=True)
    urgent_reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the papers went out less than three days before."},
    )
    opened_at = Instant(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    quorum = fields.Integer(required=True, allow_none=True)
    members = fields.List(
        fields.Nested(SeatSchema),
        required=True,
        metadata={"description": "Who may sit: the members today who are not recused."},
    )
    recused = fields.List(
        fields.Nested(PersonSchema),
        required=True,
        metadata={"description": "Members who are kept away from the case."},
    )
    attendance = fields.List(fields.Nested(AttendanceSchema), required=True)
    votes = fields.List(fields.Nested(VoteSchema), required=True)
    count = fields.Nested(TallySchema, required=True, allow_none=True)
    reported_at = Instant(required=True, allow_none=True)
    reported_to = fields.Nested(OfficeBriefSchema, required=True, allow_none=True)
    report_reasons = fields.String(required=True, allow_none=True)
    decision_wording = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    decided_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    executed_on = fields.Date(required=True, allow_none=True)
    feedback_due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The fifth day after execution, as the calendar has it."},
    )
    feedback = fields.String(required=True, allow_none=True)
    fed_back_at = Instant(required=True, allow_none=True)
    withdrawn_reason = fields.String(required=True, allow_none=True)
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["vote"]},
    )
    version = fields.Integer(required=True)


class MatterQuery(PageQuery):
    """Which matters."""

    state = fields.Enum(CommitteeState, by_value=True, load_default=None)
    case_id = fields.Integer(load_default=None, validate=_ID)


class NewMatter(Schema):
    """What is put on the agenda, why, and the papers."""

    case_id = fields.Integer(required=True, validate=_ID)
    ground = fields.Enum(MatterGround, by_value=True, required=True)
    question = fields.String(required=True, validate=_WORDS, metadata={"example": _QUESTION})
    report = fields.String(required=True, validate=_PAPERS)
    proposal_id = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "The proposal of this case that was referred to the committee.",
            "example": None,
        },
    )


class NewSummons(Schema):
    """When the committee sits, who presides, and why it is urgent if it is."""

    sits_at = Instant(required=True)
    presider_id = fields.Integer(required=True, validate=_ID)
    urgent_reason = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class NewAbsence(Schema):
    """Who does not sit, and why."""

    person_id = fields.Integer(required=True, validate=_ID)
    reason = fields.String(required=True, validate=_WORDS)


class NewOpening(Schema):
    """Of every member: sits, or why not."""

    present = fields.List(
        fields.Integer(validate=_ID), required=True, validate=validate.Length(1, 99)
    )
    absent = fields.List(fields.Nested(NewAbsence), load_default=list)


class NewSpeech(Schema):
    """What one thinks."""

    speech = fields.String(required=True, validate=_WORDS)


class NewVote(Schema):
    """One's one vote; for something else it says what."""

    ballot = fields.Enum(Ballot, by_value=True, required=True)
    opinion = fields.String(load_default=None, allow_none=True, validate=_WORDS)

    @validates_schema
    def _whole(self, given: dict[str, Any], **_: object) -> None:
        if given["ballot"] is Ballot.OTHER and given.get("opinion") is None:
            raise ValidationError({"opinion": ["Missing data for required field."]})


class NewCommitteeDecision(Schema):
    """The decision in the words of its notice."""

    wording = fields.String(required=True, validate=_WORDS)


class NewUpperDecision(NewCommitteeDecision):
    """What the upper level decided."""

    decision = fields.Enum(Ballot, by_value=True, required=True)


class NewReport(Schema):
    """Why it goes to the upper level."""

    reasons = fields.String(required=True, validate=_WORDS)


class NewExecution(Schema):
    """On which day it was carried out."""

    executed_on = fields.Date(required=True)


class NewFeedback(Schema):
    """What became of the decision."""

    feedback = fields.String(required=True, validate=_WORDS)


class NewWithdrawal(Schema):
    """Why it is taken off the agenda."""

    reason = fields.String(required=True, validate=_WORDS)


@blp.route("/committee")
class OwnCommittee(Resource):
    """The committee of one's own office."""

    @blp.arguments(CommitteeQuery, location="query")
    @blp.response(200, CommitteeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read who sits in the committee of one's procuratorate."""
        committee = committees.of_office(self.act, query["procuratorate_id"])
        chosen = committees.seats(self.act).where(
            CommitteeMember.procuratorate_id == committee.office_id
        )
        seats = self.act.session.scalars(chosen.order_by(CommitteeMember.id)).all()
        return {
            "procuratorate_id": committee.office_id,
            "seats": seats,
            "size": len(seats),
            "quorum": committees.quorum(len(seats)) if seats else 0,
            "is_odd": len(seats) % 2 == 1,
            "may_register": allows(self.act.actor, Permission.COMMITTEE_REGISTER, committee),
        }


@blp.route("/committee/seats")
class Seats(Resource):
    """The register of seats."""

    @blp.arguments(CommitteeQuery, location="query")
    @blp.arguments(NewSeat)
    @blp.response(201, SeatSchema)
    def post(self, query: dict[str, Any], given: dict[str, Any]) -> CommitteeMember:
        """Enter in the register who was given a seat."""
        committee = committees.of_office(self.act, query["procuratorate_id"])
        return committees.register(self.act, committee, **given)


@blp.route("/committee/seats/<int:member_id>/departure")
class SeatDeparture(Resource):
    """That a seat was given up."""

    @blp.response(200, SeatSchema)
    def put(self, member_id: int) -> CommitteeMember:
        """Note that a seat was given up."""
        return committees.leave(self.act, committees.seat_of(self.act, member_id))


@blp.route("/committee-matters")
class Matters(Resource):
    """The matters one may know of."""

    @blp.arguments(MatterQuery, location="query")
    @blp.response(200, page_of(MatterBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[CommitteeMatter]:
        """List the matters of the committee that the reader may know of, the newest first."""
        chosen = committees.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(CommitteeMatter.state == query["state"])
        if query["case_id"] is not None:
            chosen = chosen.where(CommitteeMatter.case_id == query["case_id"])
        return page(self.act.session, chosen, CommitteeMatter.id.desc(), **query)

    @blp.arguments(NewMatter)
    @blp.response(201, MatterSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Put a matter of a case on the agenda."""
        case = named(self.act, given.pop("case_id"))
        return _shown(self.act, committees.put(self.act, case, **given))


@blp.route("/committee-matters/<int:matter_id>")
class OneMatter(Resource):
    """One matter."""

    @blp.response(200, MatterSchema)
    def get(self, matter_id: int) -> dict[str, Any]:
        """Read a matter, as far as it is open to the reader."""
        return _shown(self.act, committees.find(self.act, matter_id))


@blp.route("/committee-matters/<int:matter_id>/summons")
class Summons(Resource):
    """When the committee sits."""

    @blp.arguments(NewSummons)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Call the members to a session and send them the papers."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.summon(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/withdrawal")
class MatterWithdrawal(Resource):
    """That it is off the agenda."""

    @blp.arguments(NewWithdrawal)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Take a matter off the agenda."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.withdraw(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/opening")
class Opening(Resource):
    """Who sits."""

    @blp.arguments(NewOpening)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Open the session with who sits and who does not."""
        matter = self.expect(committees.find(self.act, matter_id))
        absent = [Absence(one["person_id"], one["reason"]) for one in given["absent"]]
        committees.open_session(self.act, matter, present=given["present"], absent=absent)
        return _shown(self.act, matter)


@blp.route("/committee-matters/<int:matter_id>/excuse")
class Excuse(Resource):
    """That a member had to leave."""

    @blp.arguments(NewAbsence)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Note that a member had to leave before voting."""
        matter = self.expect(committees.find(self.act, matter_id))
        committees.excuse(self.act, matter, **given)
        return _shown(self.act, matter)


@blp.route("/committee-matters/<int:matter_id>/speech")
class Speech(Resource):
    """What one says."""

    @blp.arguments(NewSpeech)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Say what one thinks, in the order of the seats."""
        matter = self.expect(committees.find(self.act, matter_id))
        committees.speak(self.act, matter, **given)
        return _shown(self.act, matter)


@blp.route("/committee-matters/<int:matter_id>/vote")
class Vote(Resource):
    """One's vote."""

    @blp.arguments(NewVote)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Cast one's one vote, in the session or in writing."""
        matter = self.expect(committees.find(self.act, matter_id))
        committees.vote(self.act, matter, **given)
        return _shown(self.act, matter)


@blp.route("/committee-matters/<int:matter_id>/count")
class Count(Resource):
    """The count."""

    @blp.response(200, MatterSchema)
    def put(self, matter_id: int) -> dict[str, Any]:
        """Count the votes."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.count(self.act, matter))


@blp.route("/committee-matters/<int:matter_id>/decision")
class CommitteeDecision(Resource):
    """The decision."""

    @blp.arguments(NewCommitteeDecision)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Sign what the majority decided and issue its notice."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.decide(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/report")
class UpwardReport(Resource):
    """The report to the upper level."""

    @blp.arguments(NewReport)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Lay the matter before the upper level."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.report_up(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/upper-decision")
class UpperDecision(Resource):
    """What the upper level decided."""

    @blp.arguments(NewUpperDecision)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Enter what the upper level decided, and issue the notice of it."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.receive(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/execution")
class Execution(Resource):
    """That it is carried out."""

    @blp.arguments(NewExecution)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Report that the decision is carried out; five days to the feedback begin."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.execute(self.act, matter, **given))


@blp.route("/committee-matters/<int:matter_id>/feedback")
class Feedback(Resource):
    """What became of it."""

    @blp.arguments(NewFeedback)
    @blp.response(200, MatterSchema)
    def put(self, given: dict[str, Any], matter_id: int) -> dict[str, Any]:
        """Tell the committee what became of its decision."""
        matter = self.expect(committees.find(self.act, matter_id))
        return _shown(self.act, committees.feed_back(self.act, matter, **given))


def _shown(act: Act, matter: CommitteeMatter) -> dict[str, Any]:
    """The matter as far as it is open to this reader."""
    inside = allows(act.actor, Permission.COMMITTEE_VOTE_READ, matter)
    ids = {matter.put_by, matter.presider_id, matter.decided_by}
    ids |= {one.person_id for one in matter.members}
    ids |= {one.person_id for one in matter.attendance}
    names = people.names(act.session, {one for one in ids if one is not None})
    reported_to = matter.reported_to_id and act.session.get(Office, matter.reported_to_id)
    return {name: getattr(matter, name) for name in _KEPT} | {
        "put_by": _named(matter.put_by, names),
        "presider": _named(matter.presider_id, names),
        "decided_by": _named(matter.decided_by, names),
        "quorum": committees.quorum(matter.size) if matter.size else None,
        "members": [one for one in matter.members if one.person_id in matter.committee],
        "recused": [one.person for one in matter.members if one.person_id in matter.recused],
        "attendance": _attendance(matter, names) if inside else [],
        "votes": _votes(act, matter, names) if inside else [],
        "count": matter.count if inside and _is_counted(matter) else None,
        "reported_to": reported_to or None,
        "allowed": committees.allowed(act, matter),
    }


def _is_counted(matter: CommitteeMatter) -> bool:
    return matter.counted_at is not None and matter.state not in _BALLOT_OPEN


def _attendance(matter: CommitteeMatter, names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {name: getattr(one, name) for name in _SAID} | {"person": _named(one.person_id, names)}
        for one in matter.attendance
    ]


def _votes(act: Act, matter: CommitteeMatter, names: Mapping[int, str]) -> Sequence[dict[str, Any]]:
    return [
        {
            "person": _named(one.person_id, names),
            "ballot": one.ballot,
            "form": one.form,
            "opinion": one.opinion,
            "cast_at": one.cast_at,
            "minority": one in matter.minority,
        }
        for one in matter.votes
        if matter.state not in _BALLOT_OPEN or one.person_id == act.actor.id
    ]


def _named(person_id: int | None, names: Mapping[int, str]) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}


_SAID = ("seat", "presence", "absence_reason", "place", "speech", "spoke_at")
_KEPT = (
    "id",
    "case",
    "ground",
    "question",
    "report",
    "about_kind",
    "about_id",
    "state",
    "put_at",
    "summoned_at",
    "sits_at",
    "urgent_reason",
    "opened_at",
    "size",
    "reported_at",
    "report_reasons",
    "decision",
    "decision_wording",
    "decided_at",
    "notice_number",
    "executed_on",
    "feedback_due_on",
    "feedback",
    "fed_back_at",
    "withdrawn_reason",
    "version",
)
