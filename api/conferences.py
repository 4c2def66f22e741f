"""Joint conferences over HTTP: the question, who is asked, what each says, and the record."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from api import deadlines
from api.cases import named
from api.deadlines import DeadlineCaseSchema, DeadlineSchema
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, conferences, people
from services.conferences import Conference, ConferenceForm, ConferenceState, Position
from services.kernel.act import Act
from services.offices import Office
from services.people import Post
from services.policy import Permission, allows

blp = Blueprint(
    "conferences",
    __name__,
    description="Joint prosecutors' conferences: advice, on record (RULES 6).",
)

_WORDS = validate.And(validate.Length(1, 4000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_ID = validate.Range(1, 2**31 - 1)
_QUESTION = "本案数额的认定应否采信第二次价格认定结论？承办人意见：应予采信。"
_FACTS = "被害人陈述的购买价格与两次价格认定结论不一致，两次认定基准日不同。"


class ConferenceMemberSchema(Schema):
    """A prosecutor whose opinion is asked for."""

    person = fields.Nested(PersonSchema, required=True)
    office = fields.Nested(OfficeBriefSchema, required=True)


class ConferenceOpinionSchema(Schema):
    """What a member said; a replaced one has a time at which it was replaced."""

    person = fields.Nested(PersonSchema, required=True)
    position = fields.Enum(Position, by_value=True, required=True)
    opinion = fields.String(required=True)
    said_at = Instant(required=True)
    replaced_at = Instant(required=True, allow_none=True, metadata={"example": None})


class ConferenceCountSchema(Schema):
    """How many voices there are for each position."""

    agree = fields.Integer(required=True)
    disagree = fields.Integer(required=True)
    other = fields.Integer(required=True)


class ConferenceBriefSchema(Schema):
    """A conference in a list."""

    id = fields.Integer(required=True)
    case = fields.Nested(
        DeadlineCaseSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Not for a member of the conference as such."},
    )
    question = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "A member reads it while the conference is held.",
            "example": _QUESTION,
        },
    )
    state = fields.Enum(ConferenceState, by_value=True, required=True)
    form = fields.Enum(ConferenceForm, by_value=True, required=True, allow_none=True)
    held_at = Instant(required=True, allow_none=True)
    asked_at = Instant(required=True)


class ConferenceSchema(ConferenceBriefSchema):
    """A conference: a member as such reads question and facts while it is held, and the own view.

    Everything else is for the office whose case it is.
    """

    facts = fields.String(required=True, allow_none=True, metadata={"example": _FACTS})
    asked_by = fields.Nested(PersonSchema, required=True)
    convened_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    fewest = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How few voices the office asked for when it was convened."},
    )
    members = fields.List(fields.Nested(ConferenceMemberSchema), required=True)
    opinions = fields.List(fields.Nested(ConferenceOpinionSchema), required=True)
    count = fields.Nested(ConferenceCountSchema, required=True, allow_none=True)
    majority = fields.Enum(Position, by_value=True, required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    called_off = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it was not held."}
    )
    departure = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the handler goes another way than most advised."},
    )
    departed_at = Instant(required=True, allow_none=True)
    earliest_due = fields.Nested(
        DeadlineSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The case's period that ends first; a conference stops none."},
    )
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["opine"]},
    )
    version = fields.Integer(required=True)


class ConferenceCandidateSchema(ConferenceMemberSchema):
    """A prosecutor who may be invited, as of the procuratorate where the post is held."""


class ConferenceQuery(PageQuery):
    """Which conferences."""

    state = fields.Enum(ConferenceState, by_value=True, load_default=None)
    case_id = fields.Integer(load_default=None, validate=_ID)


class NewConferenceMember(Schema):
    """Who is invited, as a prosecutor of which procuratorate."""

    person_id = fields.Integer(required=True, validate=_ID)
    office_id = fields.Integer(required=True, validate=_ID)


class NewConvening(Schema):
    """In which form, when, and with whom."""

    form = fields.Enum(ConferenceForm, by_value=True, required=True)
    held_at = Instant(required=True)
    members = fields.List(
        fields.Nested(NewConferenceMember),
        required=True,
        validate=validate.Length(1, 30),
        metadata={"example": [{"person_id": 7, "office_id": 2}]},
    )


class NewConference(Schema):
    """What is asked. Whoever may convene says at once when; a handler asks, and leaves it out."""

    case_id = fields.Integer(required=True, validate=_ID)
    question = fields.String(required=True, validate=_WORDS, metadata={"example": _QUESTION})
    facts = fields.String(required=True, validate=_WORDS, metadata={"example": _FACTS})
    convening = fields.Nested(NewConvening, load_default=None, allow_none=True)


class NewConferenceOpinion(Schema):
    """What one says to the question."""

    position = fields.Enum(Position, by_value=True, required=True)
    opinion = fields.String(required=True, validate=_WORDS)


class NewConferenceSummary(Schema):
    """The record of the conference."""

    summary = fields.String(required=True, validate=_WORDS)


class NewCallingOff(Schema):
    """Why it is not held."""

    reason = fields.String(required=True, validate=_WORDS)


class NewDeparture(Schema):
    """Why one goes another way."""

    reasons = fields.String(required=True, validate=_WORDS)


@blp.route("/conferences")
class Conferences(Resource):
    """The conferences one may know of."""

    @blp.arguments(ConferenceQuery, location="query")
    @blp.response(200, page_of(ConferenceBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the conferences that the reader may know of, the newest first."""
        chosen = conferences.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(Conference.state == query["state"])
        if query["case_id"] is not None:
            readable = cases.visible(self.act).where(cases.Case.id == query["case_id"])
            chosen = chosen.where(Conference.case_id.in_(readable.with_only_columns(cases.Case.id)))
        found = page(self.act.session, chosen, Conference.id.desc(), **query)
        return Page([_brief(self.act, one) for one in found.items], found.next_cursor)

    @blp.arguments(NewConference)
    @blp.response(201, ConferenceSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Ask for a conference about one's case, or call one."""
        case = named(self.act, given.pop("case_id"))
        convening = given.pop("convening")
        if convening is None:
            return _shown(self.act, conferences.ask(self.act, case, **given))
        return _shown(self.act, conferences.call(self.act, case, **given, **_when(convening)))


@blp.route("/cases/<int:case_id>/conference-candidates")
class ConferenceCandidates(Resource):
    """The pool of prosecutors."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(ConferenceCandidateSchema))
    def get(self, query: dict[str, Any], case_id: int) -> Page[dict[str, Any]]:
        """List who may be invited to a conference about a case, of every office in reach."""
        case = cases.find(self.act, case_id)
        pool = conferences.candidates(self.act, case).options(joinedload(Post.person))
        found = page(self.act.session, pool, Post.id, **query)
        wanted = select(Office).where(Office.id.in_({post.office_id for post in found.items}))
        offices = {office.id: office for office in self.act.session.scalars(wanted)}
        shown = [{"person": one.person, "office": offices[one.office_id]} for one in found.items]
        return Page(shown, found.next_cursor)


@blp.route("/conferences/<int:conference_id>")
class OneConference(Resource):
    """One conference."""

    @blp.response(200, ConferenceSchema)
    def get(self, conference_id: int) -> dict[str, Any]:
        """Read a conference, as far as it is open to the reader."""
        return _shown(self.act, conferences.find(self.act, conference_id))


@blp.route("/conferences/<int:conference_id>/convening")
class Convening(Resource):
    """When it is held, and with whom."""

    @blp.arguments(NewConvening)
    @blp.response(200, ConferenceSchema)
    def put(self, given: dict[str, Any], conference_id: int) -> dict[str, Any]:
        """Convene a conference that was asked for, or convene it anew."""
        conference = self.expect(conferences.find(self.act, conference_id))
        return _shown(self.act, conferences.convene(self.act, conference, **_when(given)))


@blp.route("/conferences/<int:conference_id>/opinion")
class ConferenceVoice(Resource):
    """What one says."""

    @blp.arguments(NewConferenceOpinion)
    @blp.response(200, ConferenceSchema)
    def put(self, given: dict[str, Any], conference_id: int) -> dict[str, Any]:
        """Say one's opinion, or another one in its place."""
        conference = self.expect(conferences.find(self.act, conference_id))
        conferences.opine(self.act, conference, position=given["position"], words=given["opinion"])
        return _shown(self.act, conference)


@blp.route("/conferences/<int:conference_id>/closing")
class ConferenceClosing(Resource):
    """The record."""

    @blp.arguments(NewConferenceSummary)
    @blp.response(200, ConferenceSchema)
    def put(self, given: dict[str, Any], conference_id: int) -> dict[str, Any]:
        """Close a conference with its record."""
        conference = self.expect(conferences.find(self.act, conference_id))
        return _shown(self.act, conferences.close(self.act, conference, **given))


@blp.route("/conferences/<int:conference_id>/calling-off")
class CallingOff(Resource):
    """That it is not held."""

    @blp.arguments(NewCallingOff)
    @blp.response(200, ConferenceSchema)
    def put(self, given: dict[str, Any], conference_id: int) -> dict[str, Any]:
        """Let a conference not be held."""
        conference = self.expect(conferences.find(self.act, conference_id))
        return _shown(self.act, conferences.call_off(self.act, conference, **given))


@blp.route("/conferences/<int:conference_id>/departure")
class Departure(Resource):
    """That the handler goes another way."""

    @blp.arguments(NewDeparture)
    @blp.response(200, ConferenceSchema)
    def put(self, given: dict[str, Any], conference_id: int) -> dict[str, Any]:
        """Say why one goes another way than most members advised."""
        conference = self.expect(conferences.find(self.act, conference_id))
        return _shown(self.act, conferences.depart(self.act, conference, **given))


def _when(given: dict[str, Any]) -> dict[str, Any]:
    members = [(one["person_id"], one["office_id"]) for one in given["members"]]
    return {"form": given["form"], "held_at": given["held_at"], "members": members}


def _brief(act: Act, conference: Conference) -> dict[str, Any]:
    whole = allows(act.actor, Permission.CONFERENCE_RECORD_READ, conference)
    asked = allows(act.actor, Permission.CONFERENCE_FACTS_READ, conference)
    return {
        "id": conference.id,
        "case": conference.case if whole else None,
        "question": conference.question if asked else None,
        "facts": conference.facts if asked else None,
        "state": conference.state,
        "form": conference.form,
        "held_at": conference.held_at,
        "asked_at": conference.asked_at,
    }


def _shown(act: Act, conference: Conference) -> dict[str, Any]:
    """The conference as far as it is open to this reader."""
    whole = allows(act.actor, Permission.CONFERENCE_RECORD_READ, conference)
    mine = {act.actor.id}
    members = [one for one in conference.members if whole or one.person_id in mine]
    opinions = [one for one in conference.opinions if whole or one.person_id in mine]
    ids = {conference.asked_by, conference.convened_by, *(one.person_id for one in opinions)}
    names = people.names(act.session, {one for one in ids if one is not None})
    due = conferences.earliest_due(act, conference) if whole else None
    for_the_office = {name: getattr(conference, name) if whole else None for name in _RECORD}
    return (
        _brief(act, conference)
        | for_the_office
        | {
            "asked_by": _named(conference.asked_by, names),
            "convened_by": _named(conference.convened_by, names),
            "fewest": conference.fewest,
            "members": members,
            "opinions": _said(opinions, names),
            "ended_at": conference.ended_at,
            "earliest_due": deadlines.shown(act, [due])[0] if due is not None else None,
            "allowed": conferences.allowed(act, conference),
            "version": conference.version,
        }
    )


def _said(opinions: Sequence[Any], names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "person": _named(one.person_id, names),
            "position": one.position,
            "opinion": one.opinion,
            "said_at": one.said_at,
            "replaced_at": one.replaced_at,
        }
        for one in opinions
    ]


def _named(person_id: int | None, names: Mapping[int, str]) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}


_RECORD = ("majority", "count", "summary", "called_off", "departure", "departed_at")
