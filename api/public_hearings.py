"""Public hearings and reviews over HTTP: planned, noticed, held, voted on, answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api import deadlines
from api.cases import named
from api.deadlines import DeadlineCaseSchema, DeadlineSchema, DeadlineSuspectSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import NothingThere
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, cases, people, public_hearings
from services.activities import (
    Activity,
    ActivityForm,
    ActivityState,
    InviteGround,
    Need,
    WithoutBecause,
)
from services.activities.grounds import PublicMatter
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.public_hearings import (
    DepartureConsent,
    Following,
    OfficerDraft,
    OfficerPosition,
    PartyDraft,
    PartyKind,
    PublicHearing,
    PublicHearingDraft,
    PublicHearingForm,
    PublicHearingState,
    Room,
    Speaker,
    StatementKind,
)
from services.supervisors import Expertise

blp = Blueprint(
    "public_hearings",
    __name__,
    description="Public hearings and reviews of a case (HEAR-2020; PSUP-2019 9).",
)

_TEXT = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")
_WORDS = validate.And(validate.Length(1, 4000), _TEXT)
_RECORD = validate.And(validate.Length(1, 40000), _TEXT)
_LINE = validate.And(validate.Length(1, 200), _TEXT)
_NAME = validate.And(validate.Length(1, 60), _TEXT)
_ID = validate.Range(1, 2**31 - 1)
_IDS = fields.List(fields.Integer(validate=_ID), required=True, validate=validate.Length(max=30))
_AGENDA = ["主持人宣布听证事项和纪律", "承办检察官介绍案情", "听证员提问", "听证员讨论并发表意见"]
_INTENTION = "拟对犯罪嫌疑人作出相对不起诉决定。"


class HearingOfficerSchema(Schema):
    """A hearing officer (听证员): has no account."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "方听证"})
    born_on = fields.Date(required=True, metadata={"example": "1980-05-01"})
    occupation = fields.String(required=True, metadata={"example": "中学教师"})
    noticed_at = Instant(required=True, allow_none=True)
    attended = fields.Boolean(required=True, allow_none=True)
    position = fields.Enum(OfficerPosition, by_value=True, required=True, allow_none=True)
    opinion = fields.String(required=True, allow_none=True)
    signed_at = Instant(required=True, allow_none=True)
    unsigned_because = fields.String(required=True, allow_none=True)


class HearingPartySchema(Schema):
    """A party, or somebody who comes for one."""

    id = fields.Integer(required=True)
    kind = fields.Enum(PartyKind, by_value=True, required=True)
    name = fields.String(required=True, metadata={"example": "林某"})
    noticed_at = Instant(required=True, allow_none=True)
    attended = fields.Boolean(required=True, allow_none=True)


class HearingStatementSchema(Schema):
    """What somebody said, in the order in which it was said."""

    id = fields.Integer(required=True)
    kind = fields.Enum(StatementKind, by_value=True, required=True)
    speaker = fields.Enum(Speaker, by_value=True, required=True)
    officer_id = fields.Integer(required=True, allow_none=True)
    party_id = fields.Integer(required=True, allow_none=True)
    words = fields.String(required=True)
    said_at = Instant(required=True)


class HearingResultSchema(Schema):
    """What the handler made of the hearing officers' opinion, and what the chief said to it."""

    following = fields.Enum(Following, by_value=True, required=True)
    result = fields.String(required=True)
    reasons = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the majority is not followed."},
    )
    stated_at = Instant(required=True)
    stated_by = fields.Nested(PersonSchema, required=True)
    consent = fields.Enum(DepartureConsent, by_value=True, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)


class HearingCountSchema(Schema):
    """How many hearing officers say what."""

    agree = fields.Integer(required=True)
    disagree = fields.Integer(required=True)
    other = fields.Integer(required=True)


class HearingActivitySchema(Schema):
    """The activity through which people's supervisors are asked to it."""

    id = fields.Integer(required=True)
    title = fields.String(required=True, metadata={"example": "拟不起诉案件公开听证"})
    state = fields.Enum(ActivityState, by_value=True, required=True)
    starts_at = Instant(required=True)
    differs = fields.Boolean(
        required=True, metadata={"description": "It has another time than the hearing."}
    )


class NoticeRoomSchema(Schema):
    """How much room the period that ends first leaves for the notice to the organ."""

    earliest_on = fields.Date(
        required=True, metadata={"description": "Told today, five working days before."}
    )
    earliest_short_on = fields.Date(
        required=True,
        metadata={"description": "Told today, three working days before, with consent."},
    )
    fits = fields.Boolean(required=True)
    fits_short = fields.Boolean(required=True)
    offered = fields.List(
        fields.Enum(WithoutBecause, by_value=True),
        required=True,
        metadata={"description": "Reasons that the calendar itself gives."},
    )


class PublicHearingBriefSchema(Schema):
    """A public hearing or review in a list."""

    id = fields.Integer(required=True)
    case = fields.Nested(DeadlineCaseSchema, required=True)
    form = fields.Enum(PublicHearingForm, by_value=True, required=True)
    matter = fields.Enum(PublicMatter, by_value=True, required=True)
    state = fields.Enum(PublicHearingState, by_value=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    place = fields.String(required=True, metadata={"example": "第一听证室"})
    remote = fields.Boolean(required=True)
    ground = fields.Enum(
        InviteGround,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Where PSUP-2019 9 says that supervisors shall be invited."},
    )


class PublicHearingSchema(PublicHearingBriefSchema):
    """A public hearing or review."""

    lacking = fields.Enum(
        InviteGround,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "The ground, while neither supervisors nor a reason are there."},
    )
    major_influence = fields.Boolean(required=True)
    suspects = fields.List(fields.Nested(DeadlineSuspectSchema), required=True)
    chair = fields.Nested(PersonSchema, required=True, allow_none=True)
    chaired_by = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Nobody named: whoever handles the case presides."},
    )
    open_to_public = fields.Boolean(required=True)
    open_because = fields.String(required=True, allow_none=True)
    agenda = fields.List(fields.String(), required=True, metadata={"example": _AGENDA})
    intention = fields.String(required=True, metadata={"example": _INTENTION})
    officers = fields.List(fields.Nested(HearingOfficerSchema), required=True)
    parties = fields.List(fields.Nested(HearingPartySchema), required=True)
    statements = fields.List(fields.Nested(HearingStatementSchema), required=True)
    notice_by_on = fields.Date(
        required=True, metadata={"description": "The last day of the notice: three days before."}
    )
    noticed_at = Instant(required=True, allow_none=True)
    short_because = fields.String(required=True, allow_none=True)
    activity = fields.Nested(HearingActivitySchema, required=True, allow_none=True)
    without_because = fields.Enum(WithoutBecause, by_value=True, required=True, allow_none=True)
    without_words = fields.String(required=True, allow_none=True)
    room = fields.Nested(NoticeRoomSchema, required=True)
    opened_at = Instant(required=True, allow_none=True)
    deliberated_at = Instant(required=True, allow_none=True)
    concluded_at = Instant(required=True, allow_none=True)
    concluded_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    record = fields.String(required=True, allow_none=True)
    count = fields.Nested(HearingCountSchema, required=True)
    majority = fields.Enum(OfficerPosition, by_value=True, required=True, allow_none=True)
    majority_opinion = fields.String(required=True, allow_none=True)
    minority_opinion = fields.String(required=True, allow_none=True)
    results = fields.List(fields.Nested(HearingResultSchema), required=True)
    announced_at = Instant(required=True, allow_none=True)
    cancelled_because = fields.String(required=True, allow_none=True)
    earliest_due = fields.Nested(
        DeadlineSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The custody or review that ends first; a hearing stops none."},
    )
    after_deadline = fields.Boolean(
        required=True, metadata={"description": "The hearing lies after that period's end."}
    )
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["give_notice"]},
    )
    version = fields.Integer(required=True)


class SupervisionGroundSchema(Schema):
    """Something in a case about which a public review or hearing calls for supervisors."""

    suspect = fields.Nested(DeadlineSuspectSchema, required=True)
    matter = fields.Enum(PublicMatter, by_value=True, required=True)
    ground = fields.Enum(
        InviteGround,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "Without one they may be invited, and need not be."},
    )
    words = fields.String(required=True, metadata={"example": "已提出不起诉意见。"})
    article = fields.String(required=True, metadata={"example": "PSUP-2019 9"})
    article_zh = fields.String(required=True)


class SupervisionGroundsSchema(Schema):
    """What a case calls for, and how much time its periods leave."""

    items = fields.List(fields.Nested(SupervisionGroundSchema), required=True)
    room = fields.Nested(NoticeRoomSchema, required=True)
    earliest_due = fields.Nested(DeadlineSchema, required=True, allow_none=True)
    hint = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the phone shows.", "example": "应当邀请人民监督员参加。"},
    )


class PublicHearingQuery(PageQuery):
    """Which hearings."""

    state = fields.Enum(PublicHearingState, by_value=True, load_default=None)
    case_id = fields.Integer(load_default=None, validate=_ID)


class NewHearingOfficer(Schema):
    """A hearing officer to be."""

    name = fields.String(required=True, validate=_NAME, metadata={"example": "方听证"})
    born_on = fields.Date(required=True, metadata={"example": "1980-05-01"})
    occupation = fields.String(required=True, validate=_LINE, metadata={"example": "中学教师"})


class NewHearingParty(Schema):
    """Who else is to be present."""

    kind = fields.Enum(PartyKind, by_value=True, required=True)
    name = fields.String(required=True, validate=_NAME, metadata={"example": "林某"})


class PublicHearingChange(Schema):
    """All that is planned of a hearing."""

    form = fields.Enum(PublicHearingForm, by_value=True, required=True)
    matter = fields.Enum(PublicMatter, by_value=True, required=True)
    major_influence = fields.Boolean(load_default=False)
    suspect_ids = fields.List(
        fields.Integer(validate=_ID), required=True, validate=validate.Length(1, 50)
    )
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    place = fields.String(required=True, validate=_LINE, metadata={"example": "第一听证室"})
    remote = fields.Boolean(load_default=False)
    open_to_public = fields.Boolean(load_default=False)
    open_because = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    agenda = fields.List(
        fields.String(validate=_LINE),
        required=True,
        validate=validate.Length(1, 30),
        metadata={"example": _AGENDA},
    )
    intention = fields.String(required=True, validate=_WORDS, metadata={"example": _INTENTION})
    chaired_by = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    officers = fields.List(
        fields.Nested(NewHearingOfficer), load_default=list, validate=validate.Length(max=30)
    )
    parties = fields.List(
        fields.Nested(NewHearingParty), load_default=list, validate=validate.Length(max=30)
    )


class NewPublicHearing(PublicHearingChange):
    """A hearing to be planned, in a case."""

    case_id = fields.Integer(required=True, validate=_ID)


class NewHearingNotice(Schema):
    """That notice is given, and why it comes late where it does."""

    short_because = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class NewHearingNeed(Schema):
    """So many of the supervisors must know of a field."""

    expertise = fields.Enum(Expertise, by_value=True, required=True)
    number = fields.Integer(load_default=1, validate=validate.Range(1, 30))


class NewHearingActivity(Schema):
    """Which activity, or what is asked of the organ in a new one; the organ reads the title."""

    activity_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    title = fields.String(
        load_default="案件公开审查、公开听证", validate=_LINE, metadata={"example": "案件公开听证"}
    )
    wanted = fields.Integer(load_default=2, validate=validate.Range(1, 30))
    form = fields.Enum(ActivityForm, by_value=True, load_default=ActivityForm.PRESENT)
    needs = fields.List(
        fields.Nested(NewHearingNeed), load_default=list, validate=validate.Length(max=9)
    )


class NewHearingWithout(Schema):
    """Why it is held without people's supervisors."""

    because = fields.Enum(WithoutBecause, by_value=True, required=True)
    words = fields.String(required=True, validate=_WORDS)


class NewHearingOpening(Schema):
    """Who is present."""

    officers = _IDS
    parties = _IDS


class NewHearingStatement(Schema):
    """Who said what."""

    kind = fields.Enum(StatementKind, by_value=True, required=True)
    speaker = fields.Enum(Speaker, by_value=True, required=True)
    officer_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    party_id = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    words = fields.String(required=True, validate=_WORDS)


class NewOfficerOpinion(Schema):
    """What one hearing officer thinks."""

    officer_id = fields.Integer(required=True, validate=_ID)
    position = fields.Enum(OfficerPosition, by_value=True, required=True)
    opinion = fields.String(required=True, validate=_WORDS)


class NewHearingVotes(Schema):
    """What the hearing officers think."""

    opinions = fields.List(
        fields.Nested(NewOfficerOpinion), required=True, validate=validate.Length(1, 7)
    )


class NewUnsigned(Schema):
    """Who has not signed the record, and why."""

    officer_id = fields.Integer(required=True, validate=_ID)
    because = fields.String(required=True, validate=_WORDS)


class NewHearingConclusion(Schema):
    """The record, who signed it, and what most and few of the officers think."""

    record = fields.String(required=True, validate=_RECORD)
    signed = _IDS
    unsigned = fields.List(
        fields.Nested(NewUnsigned), load_default=list, validate=validate.Length(max=7)
    )
    majority_opinion = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    minority_opinion = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class NewHearingResult(Schema):
    """What becomes of the officers' opinion."""

    following = fields.Enum(Following, by_value=True, required=True)
    result = fields.String(required=True, validate=_WORDS)
    reasons = fields.String(load_default=None, allow_none=True, validate=_WORDS)


class NewDepartureConsent(Schema):
    """Does the chief procurator agree? A refusal says why."""

    consent = fields.Enum(
        DepartureConsent,
        by_value=True,
        required=True,
        validate=validate.OneOf([DepartureConsent.GIVEN, DepartureConsent.REFUSED]),
        metadata={"example": "given"},
    )
    note = fields.String(required=True, validate=_WORDS)


class NewHearingCancellation(Schema):
    """Why it is not held."""

    reason = fields.String(required=True, validate=_WORDS)


@blp.route("/public-hearings")
class PublicHearings(Resource):
    """The hearings one may know of."""

    @blp.arguments(PublicHearingQuery, location="query")
    @blp.response(200, page_of(PublicHearingBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[PublicHearing]:
        """List the hearings that the reader may see, the newest first."""
        chosen = public_hearings.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(PublicHearing.state == query["state"])
        if query["case_id"] is not None:
            chosen = chosen.where(PublicHearing.case_id == query["case_id"])
        return page(self.act.session, chosen, PublicHearing.id.desc(), **query)

    @blp.arguments(NewPublicHearing)
    @blp.response(201, PublicHearingSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Plan a public hearing or review."""
        case = named(self.act, given.pop("case_id"))
        return _shown(self.act, public_hearings.plan(self.act, case, _draft(given)))


@blp.route("/cases/<int:case_id>/supervision-grounds")
class SupervisionGrounds(Resource):
    """Where the law asks for people's supervisors in a case."""

    @blp.response(200, SupervisionGroundsSchema)
    def get(self, case_id: int) -> dict[str, Any]:
        """Tell what in a case calls for people's supervisors, and how much time there is."""
        case = cases.find(self.act, case_id)
        found, room = public_hearings.grounds(self.act, case)
        return {
            "items": found,
            "room": _room(room),
            "earliest_due": _due(self.act, room),
            "hint": public_hearings.hint(found, room),
        }


@blp.route("/public-hearings/<int:hearing_id>")
class OnePublicHearing(Resource):
    """One hearing."""

    @blp.response(200, PublicHearingSchema)
    def get(self, hearing_id: int) -> dict[str, Any]:
        """Read a hearing."""
        return _shown(self.act, _find(self.act, hearing_id))

    @blp.arguments(PublicHearingChange)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Say anew what is planned of a hearing."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.restate(self.act, hearing, _draft(given)))


@blp.route("/public-hearings/<int:hearing_id>/notice")
class PublicHearingNotice(Resource):
    """The notice to officers and parties."""

    @blp.arguments(NewHearingNotice)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Give notice to everybody who has none yet."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.give_notice(self.act, hearing, **given))


@blp.route("/public-hearings/<int:hearing_id>/activity")
class PublicHearingActivity(Resource):
    """The activity of people's supervisors."""

    @blp.arguments(NewHearingActivity)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Link an activity of the same case, or plan one with the hearing's time and place."""
        hearing = self.expect(_find(self.act, hearing_id))
        activity_id = given.pop("activity_id")
        if activity_id is not None:
            activity = _activity(self.act, activity_id)
            return _shown(self.act, public_hearings.link(self.act, hearing, activity))
        given["needs"] = tuple(Need(**one) for one in given["needs"])
        return _shown(self.act, public_hearings.plan_activity(self.act, hearing, **given))


@blp.route("/public-hearings/<int:hearing_id>/unsupervised")
class PublicHearingWithout(Resource):
    """That there are no people's supervisors."""

    @blp.arguments(NewHearingWithout)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Record why it is held without people's supervisors."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.go_without(self.act, hearing, **given))


@blp.route("/public-hearings/<int:hearing_id>/opening")
class PublicHearingOpening(Resource):
    """The opening."""

    @blp.arguments(NewHearingOpening)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Open a hearing with those who are present."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.open_(self.act, hearing, **given))


@blp.route("/public-hearings/<int:hearing_id>/statements")
class PublicHearingStatements(Resource):
    """What is said."""

    @blp.arguments(NewHearingStatement)
    @blp.response(201, HearingStatementSchema)
    def post(self, given: dict[str, Any], hearing_id: int) -> Any:
        """Write down what somebody said or asked."""
        return public_hearings.say(self.act, _find(self.act, hearing_id), **given)


@blp.route("/public-hearings/<int:hearing_id>/deliberation")
class PublicHearingDeliberation(Resource):
    """The deliberation of the officers."""

    @blp.response(200, PublicHearingSchema)
    def put(self, hearing_id: int) -> dict[str, Any]:
        """Close the questions; the hearing officers deliberate."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.deliberate(self.act, hearing))


@blp.route("/public-hearings/<int:hearing_id>/votes")
class PublicHearingVotes(Resource):
    """What the officers think."""

    @blp.arguments(NewHearingVotes)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Record what the hearing officers think."""
        hearing = self.expect(_find(self.act, hearing_id))
        said = {one["officer_id"]: (one["position"], one["opinion"]) for one in given["opinions"]}
        return _shown(self.act, public_hearings.vote(self.act, hearing, opinions=said))


@blp.route("/public-hearings/<int:hearing_id>/conclusion")
class PublicHearingConclusion(Resource):
    """The end, and the record."""

    @blp.arguments(NewHearingConclusion)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Conclude a hearing with its record."""
        hearing = self.expect(_find(self.act, hearing_id))
        given["unsigned"] = {one["officer_id"]: one["because"] for one in given["unsigned"]}
        return _shown(self.act, public_hearings.conclude(self.act, hearing, **given))


@blp.route("/public-hearings/<int:hearing_id>/result")
class PublicHearingResult(Resource):
    """What becomes of the officers' opinion."""

    @blp.arguments(NewHearingResult)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Say whether the majority is followed; if not, the chief procurator is asked."""
        hearing = self.expect(_find(self.act, hearing_id))
        public_hearings.state_result(self.act, hearing, **given)
        return _shown(self.act, hearing)


@blp.route("/public-hearings/<int:hearing_id>/consent")
class PublicHearingConsent(Resource):
    """What the chief procurator says to it."""

    @blp.arguments(NewDepartureConsent)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Agree, or not, that the majority is not followed."""
        hearing = self.expect(_find(self.act, hearing_id))
        if given["consent"] is DepartureConsent.GIVEN:
            public_hearings.consent(self.act, hearing, note=given["note"])
        else:
            public_hearings.refuse_consent(self.act, hearing, note=given["note"])
        return _shown(self.act, hearing)


@blp.route("/public-hearings/<int:hearing_id>/announcement")
class PublicHearingAnnouncement(Resource):
    """That officers and parties were told."""

    @blp.response(200, PublicHearingSchema)
    def put(self, hearing_id: int) -> dict[str, Any]:
        """Record that hearing officers and parties were told the result."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.announce(self.act, hearing))


@blp.route("/public-hearings/<int:hearing_id>/cancellation")
class PublicHearingCancellation(Resource):
    """That it is not held."""

    @blp.arguments(NewHearingCancellation)
    @blp.response(200, PublicHearingSchema)
    def put(self, given: dict[str, Any], hearing_id: int) -> dict[str, Any]:
        """Let a hearing not be held."""
        hearing = self.expect(_find(self.act, hearing_id))
        return _shown(self.act, public_hearings.cancel(self.act, hearing, **given))


def _find(act: Act, hearing_id: int) -> PublicHearing:
    return public_hearings.find(act, hearing_id)


def _activity(act: Act, activity_id: int) -> Activity:
    try:
        return activities.find(act, activity_id)
    except NotFound as error:
        told = {"pointer": "/activity_id", "code": "unknown", "detail": NotFound.zh}
        raise NothingThere(errors=[told | {"severity": "error"}]) from error


def _draft(given: Mapping[str, Any]) -> PublicHearingDraft:
    several = {
        "agenda": tuple(given["agenda"]),
        "suspect_ids": tuple(given["suspect_ids"]),
        "officers": tuple(OfficerDraft(**one) for one in given["officers"]),
        "parties": tuple(PartyDraft(**one) for one in given["parties"]),
    }
    return PublicHearingDraft(**{**given, **several})


def _room(room: Room) -> dict[str, Any]:
    return {
        "earliest_on": room.earliest.on,
        "earliest_short_on": room.earliest.short_on,
        "fits": room.fits,
        "fits_short": room.fits_short,
        "offered": room.offered,
    }


def _due(act: Act, room: Room) -> dict[str, Any] | None:
    return None if room.deadline is None else deadlines.shown(act, [room.deadline])[0]


def _shown(act: Act, hearing: PublicHearing) -> dict[str, Any]:
    """The hearing, with everybody's names, the period that ends first and what may be done."""
    room = public_hearings.room(act, [suspect.id for suspect in hearing.suspects])
    by = {one.stated_by for one in hearing.results} | {one.answered_by for one in hearing.results}
    ids = {hearing.chair_id, hearing.chaired_by, hearing.concluded_by, *by}
    names = people.names(act.session, {one for one in ids if one is not None})
    activity = hearing.activity
    return {name: getattr(hearing, name) for name in _KEPT} | {
        "chair": _named(hearing.chair_id, names),
        "chaired_by": _named(hearing.chaired_by, names),
        "concluded_by": _named(hearing.concluded_by, names),
        "notice_by_on": public_hearings.notice_by(hearing),
        "activity": None
        if activity is None
        else {
            "id": activity.id,
            "title": activity.title,
            "state": activity.state,
            "starts_at": activity.starts_at,
            "differs": activity.starts_at != hearing.starts_at,
        },
        "room": _room(room),
        "results": _results(hearing.results, names),
        "earliest_due": _due(act, room),
        "lacking": public_hearings.lacking(hearing),
        "after_deadline": public_hearings.after_deadline(hearing, room),
        "allowed": public_hearings.allowed(act, hearing),
    }


def _results(found: Sequence[Any], names: Mapping[int, str]) -> list[dict[str, Any]]:
    kept = ("following", "result", "reasons", "stated_at", "consent", "note", "answered_at")
    return [
        {name: getattr(one, name) for name in kept}
        | {
            "stated_by": _named(one.stated_by, names),
            "answered_by": _named(one.answered_by, names),
        }
        for one in found
    ]


def _named(person_id: int | None, names: Mapping[int, str]) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}


_KEPT = (
    "id",
    "case",
    "form",
    "matter",
    "state",
    "starts_at",
    "ends_at",
    "place",
    "remote",
    "ground",
    "major_influence",
    "suspects",
    "open_to_public",
    "open_because",
    "agenda",
    "intention",
    "officers",
    "parties",
    "statements",
    "noticed_at",
    "short_because",
    "without_because",
    "without_words",
    "opened_at",
    "deliberated_at",
    "concluded_at",
    "record",
    "count",
    "majority",
    "majority_opinion",
    "minority_opinion",
    "announced_at",
    "cancelled_because",
    "version",
)
