"""Activities of people's supervisors over HTTP: planned, asked for, moved, held."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy import Select
from sqlalchemy.orm import joinedload, undefer

from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, cases, people
from services.activities import (
    Activity,
    ActivityForm,
    ActivityKind,
    ActivityState,
    InviteGround,
    Need,
    Plan,
    Setting,
    SupervisionPractice,
    WithoutBecause,
    grounds,
    practice,
)
from services.activities.practice import Practice
from services.cases import Case
from services.deadlines import Deadline
from services.kernel.act import Act
from services.supervisors import Expertise

blp = Blueprint(
    "activities",
    __name__,
    description="Activities that people's supervisors come to (PSUP-2019, PSUP-2021).",
)

MOST_WANTED, MOST_NEEDS = 30, 9
_SOME = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")
_ID = validate.Range(1, 2**31 - 1)
STARTS, ENDS = "2026-10-12T09:30:00+08:00", "2026-10-12T11:30:00+08:00"


def _words(most: int, example: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.And(validate.Length(1, most), _SOME),
        metadata={"example": example},
    )


def _maybe(most: int, words: str, example: str | None = None) -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.And(validate.Length(1, most), _SOME),
        metadata={"description": words, "example": example},
    )


# --- what comes in --------------------------------------------------------------------------


class ActivityNeedSchema(Schema):
    """So many of those wanted must know of a field."""

    expertise = fields.Enum(Expertise, by_value=True, required=True)
    number = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, MOST_WANTED),
        metadata={"example": 1},
    )

    @post_load
    def need(self, given: dict[str, Any], **_: Any) -> Need:
        """Plain values."""
        return Need(**given)


class NewActivitySetting(Schema):
    """When, where and in which form."""

    starts_at = Instant(required=True, metadata={"example": STARTS})
    ends_at = Instant(required=True, metadata={"example": ENDS})
    form = fields.Enum(ActivityForm, by_value=True, required=True)
    place = _maybe(200, "Where; empty only where nobody comes in person.", "第一听证室")


class ActivityPlanSchema(NewActivitySetting):
    """What is to be supervised, when and where, and by how many."""

    kind = fields.Enum(ActivityKind, by_value=True, required=True)
    title = _words(100, "拟不起诉案件公开审查")
    ground = fields.Enum(
        InviteGround,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Where the law says 应当邀请 (PSUP-2019 9).", "example": None},
    )
    wanted = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, MOST_WANTED),
        metadata={"example": 3},
    )
    needs = fields.List(
        fields.Nested(ActivityNeedSchema),
        load_default=list,
        validate=validate.Length(max=MOST_NEEDS),
    )


class NewActivity(ActivityPlanSchema):
    """An activity to plan."""

    case_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "The case, for work on one.", "example": None},
    )
    procuratorate_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "Whose it is, where there is no case and one manages several.",
            "example": None,
        },
    )


class ActivityChange(ActivityPlanSchema):
    """All of it said anew."""


class ActivityMove(NewActivitySetting):
    """Another time or place."""

    reason = _maybe(500, "For the organ, where the notice for the new day is short.")


class NewSupervisionRequest(Schema):
    """The organ is told."""

    reason = _maybe(
        500,
        "For the organ, with fewer than five working days left.",
        "相关期限即将届满，情况特殊。",
    )


class NewShortNoticeRefusal(Schema):
    """Why the organ does not consent."""

    reason = _words(500, "抽选和联络需要五个工作日。")


class NewActivityCancellation(Schema):
    """Why it does not take place."""

    reason = _words(500, "案件另行处理，不再公开审查。")


class NewUnsupervised(Schema):
    """Why it goes on without supervisors."""

    because = fields.Enum(WithoutBecause, by_value=True, required=True)
    words = _words(1_000, "审查逮捕期限即将届满，通知期限无法满足。")


class NewFewerSupervisors(Schema):
    """Why those who have accepted are enough."""

    reason = _words(500, "其余人员均不能参加，已接受邀请的人员足以监督。")


class NewSmallerRequest(Schema):
    """Fewer people, or less knowledge, than the organ was asked for."""

    wanted = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, MOST_WANTED),
        metadata={"example": 2},
    )
    needs = fields.List(
        fields.Nested(ActivityNeedSchema),
        load_default=list,
        validate=validate.Length(max=MOST_NEEDS),
        metadata={"description": "What knowledge is still asked for.", "example": []},
    )
    reason = _words(500, "排除不能参加的人员后，可供抽选的人数不足。")


class ActivityQuery(PageQuery):
    """Which activities."""

    state = fields.Enum(ActivityState, by_value=True, load_default=None)
    kind = fields.Enum(ActivityKind, by_value=True, load_default=None)
    case_id = fields.Integer(load_default=None, validate=_ID)


class NoticeQuery(Schema):
    """For which day."""

    on = fields.Date(required=True, metadata={"example": "2026-10-12"})


class SupervisionPracticeQuery(Schema):
    """Whose practice."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=_ID,
        metadata={"description": "Which procuratorate; by default one's own, or one's organ's."},
    )


def _hours(most: int, example: int, words: str) -> fields.Integer:
    return fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, most),
        metadata={"description": words, "example": example},
    )


class NewSupervisionPractice(Schema):
    """How a procuratorate works with supervisors from now on."""

    remote = fields.Boolean(required=True, metadata={"example": True})
    answer_hours = _hours(168, 24, "For the answer to an invitation.")
    witness_minutes = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 1440),
        metadata={"description": "Between publication and draw.", "example": 60},
    )
    packet_hours = _hours(336, 72, "Before the activity, for reading its papers.")
    opinion_hours = _hours(336, 48, "After the activity, for giving opinions, sealed.")
    quorum_percent = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(50, 100),
        metadata={
            "description": "How many of those who attended open the opinions when theirs are in.",
            "example": 100,
        },
    )
    silence_hours = _hours(120, 48, "Before the activity, by which the draw is to be published.")
    receipt_days = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 30),
        metadata={"description": "Working days to receipt an answer or object.", "example": 5},
    )


# --- what goes out --------------------------------------------------------------------------


class NoticeDaysSchema(Schema):
    """Until when the organ is to be told of an activity on that day (PSUP-2021 19)."""

    on = fields.Date(required=True, metadata={"example": "2026-10-12"})
    notice_by_on = fields.Date(required=True, metadata={"example": "2026-09-29"})
    short_notice_by_on = fields.Date(
        required=True,
        metadata={"description": "With the organ's consent.", "example": "2026-10-08"},
    )
    earliest_on = fields.Date(
        required=True,
        metadata={"description": "The first working day, told today.", "example": "2026-10-12"},
    )
    earliest_short_on = fields.Date(
        required=True,
        metadata={"description": "The same, with the organ's consent.", "example": "2026-10-10"},
    )


class GroundSchema(Schema):
    """Where the law says "shall invite"."""

    code = fields.Enum(InviteGround, by_value=True, required=True)
    zh = fields.String(required=True, metadata={"example": "拟决定不起诉的案件进行公开审查"})
    en = fields.String(required=True)
    article = fields.String(required=True, metadata={"example": grounds.ARTICLE})
    article_zh = fields.String(required=True, metadata={"example": grounds.ARTICLE_ZH})


class PressingPeriodSchema(Schema):
    """A period of the case that leaves no room for the notice; it comes first."""

    rule_id = fields.String(required=True, metadata={"example": "D06"})
    due_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-02-19"})


class ActivityCaseSchema(Schema):
    """The case behind it; the procuratorate's to read."""

    id = fields.Integer(required=True)
    number = fields.String(required=True, metadata={"example": "云青检捕受〔2026〕12号"})
    handler = fields.Nested(PersonSchema, required=True, allow_none=True)


class ActivityBriefSchema(Schema):
    """An activity in a list."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ActivityKind, by_value=True, required=True)
    state = fields.Enum(ActivityState, by_value=True, required=True)
    title = fields.String(required=True, metadata={"example": "拟不起诉案件公开审查"})
    starts_at = Instant(required=True, metadata={"example": STARTS})
    ends_at = Instant(required=True, metadata={"example": ENDS})
    form = fields.Enum(ActivityForm, by_value=True, required=True)
    place = fields.String(required=True, allow_none=True, metadata={"example": "第一听证室"})
    wanted = fields.Integer(required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    organ = fields.Nested(OfficeBriefSchema, required=True)
    case = fields.Nested(
        ActivityCaseSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Only for the procuratorate."},
    )


class ActivitySchema(ActivityBriefSchema):
    """An activity, as its reader may read it.

    The organ reads number, time, place, form and the notice; supervisors less than that. What is
    not theirs to read is null.
    """

    version = fields.Integer(required=True)
    needs = fields.List(fields.Nested(ActivityNeedSchema), required=True)
    began_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    opinions_due_at = Instant(required=True, allow_none=True)
    requested_at = Instant(required=True, allow_none=True)
    notice_by_on = fields.Date(required=True, allow_none=True)
    short_notice_by_on = fields.Date(required=True, allow_none=True)
    short_notice_reason = fields.String(required=True, allow_none=True)
    short_notice_refused = fields.String(required=True, allow_none=True)
    consent_awaited = fields.Boolean(required=True)
    consented_at = Instant(required=True, allow_none=True)
    silent_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Since when it is near and the organ has published no draw."},
    )
    ground = fields.Nested(GroundSchema, required=True, allow_none=True)
    planned_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    planned_at = Instant(required=True, allow_none=True)
    missed_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Since when its time has come without its having begun."},
    )
    cancelled_because = fields.String(required=True, allow_none=True)
    fewer_because = fields.String(required=True, allow_none=True)
    without_because = fields.Enum(WithoutBecause, by_value=True, required=True, allow_none=True)
    without_words = fields.String(required=True, allow_none=True)
    pressing = fields.Nested(
        PressingPeriodSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "The period that leaves no room for the notice today, or left none."
        },
    )
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(activities.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["move"]},
    )


class SupervisionPracticeSchema(NewSupervisionPractice):
    """How a procuratorate works with supervisors; version 0 holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/activities")
class Activities(Resource):
    """Activities of people's supervisors."""

    @blp.arguments(ActivityQuery, location="query")
    @blp.response(200, page_of(ActivityBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the activities that the reader may see, the latest first."""
        chosen = activities.visible(self.act).options(
            joinedload(Activity.procuratorate),
            joinedload(Activity.organ),
            joinedload(Activity.case).options(joinedload(Case.handler), undefer(Case.recused_ids)),
        )
        for name in ("state", "kind"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Activity, name) == query[name])
        if query["case_id"] is not None:
            chosen = chosen.where(Activity.case_id.in_(_read(self.act, query["case_id"])))
        found = page(
            self.act.session, chosen, Activity.starts_at.desc(), Activity.id.desc(), **query
        )
        return Page([_brief(self.act, one) for one in found.items], found.next_cursor)

    @blp.arguments(NewActivity)
    @blp.response(201, ActivitySchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Plan work to which people's supervisors are to come."""
        case_id, office_id = given.pop("case_id"), given.pop("procuratorate_id")
        case = None if case_id is None else cases.find(self.act, case_id)
        whose = activities.planning(self.act, case, office_id)
        return shown(self.act, activities.plan(self.act, whose, _plan(given)))


@blp.route("/activities/<int:activity_id>")
class OneActivity(Resource):
    """One activity."""

    @blp.response(200, ActivitySchema)
    def get(self, activity_id: int) -> dict[str, Any]:
        """Read an activity."""
        return shown(self.act, activities.find(self.act, activity_id))

    @blp.arguments(ActivityChange)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Say anew what it is and who is wanted, before the organ is told."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.restate(self.act, found, _plan(given)))


@blp.route("/activities/<int:activity_id>/request")
class ActivityRequest(Resource):
    """What the organ is told."""

    @blp.arguments(NewSupervisionRequest)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Tell the organ number, time and place."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.send(self.act, found, **given))


@blp.route("/activities/<int:activity_id>/consent")
class ActivityConsent(Resource):
    """The organ's word on a short notice."""

    @blp.response(200, ActivitySchema)
    def put(self, activity_id: int) -> dict[str, Any]:
        """Consent to a notice of three working days."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.consent(self.act, found))


@blp.route("/activities/<int:activity_id>/consent-refusal")
class ActivityConsentRefusal(Resource):
    """The organ's no to a short notice."""

    @blp.arguments(NewShortNoticeRefusal)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Do not consent to a short notice, with the reason."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.refuse_short_notice(self.act, found, **given))


@blp.route("/activities/<int:activity_id>/setting")
class ActivitySetting(Resource):
    """When and where."""

    @blp.arguments(ActivityMove)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Hold it at another time or place."""
        found = self.expect(activities.find(self.act, activity_id))
        reason = given.pop("reason")
        return shown(self.act, activities.move(self.act, found, Setting(**given), reason=reason))


@blp.route("/activities/<int:activity_id>/cancellation")
class ActivityCancellation(Resource):
    """That it does not take place."""

    @blp.arguments(NewActivityCancellation)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Call an activity off."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.cancel(self.act, found, **given))


@blp.route("/activities/<int:activity_id>/waiver")
class ActivityWaiver(Resource):
    """That it goes on without supervisors."""

    @blp.arguments(NewUnsupervised)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Go on without supervisors, for a recorded reason."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.go_without(self.act, found, **given))


@blp.route("/activities/<int:activity_id>/fewer")
class ActivityFewer(Resource):
    """That fewer supervisors are enough."""

    @blp.arguments(NewFewerSupervisors)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Make do with those who have accepted."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.accept_fewer(self.act, found, **given))


@blp.route("/activities/<int:activity_id>/smaller-request")
class ActivitySmallerRequest(Resource):
    """That fewer, or less knowledge, are asked for than the organ has."""

    @blp.arguments(NewSmallerRequest)
    @blp.response(200, ActivitySchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Ask the organ for fewer, or for less knowledge, before it draws."""
        found = self.expect(activities.find(self.act, activity_id))
        needs = tuple(given.pop("needs"))
        return shown(self.act, activities.ask_for_fewer(self.act, found, needs=needs, **given))


@blp.route("/activities/<int:activity_id>/beginning")
class ActivityBeginning(Resource):
    """That it has begun."""

    @blp.response(200, ActivitySchema)
    def put(self, activity_id: int) -> dict[str, Any]:
        """Begin an activity."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.begin(self.act, found))


@blp.route("/activities/<int:activity_id>/end")
class ActivityEnd(Resource):
    """That it is over."""

    @blp.response(200, ActivitySchema)
    def put(self, activity_id: int) -> dict[str, Any]:
        """End an activity."""
        found = self.expect(activities.find(self.act, activity_id))
        return shown(self.act, activities.end(self.act, found))


@blp.route("/supervision-notice")
class SupervisionNotice(Resource):
    """The days of the notice."""

    @blp.arguments(NoticeQuery, location="query")
    @blp.response(200, NoticeDaysSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Count until when the organ is to be told of an activity on a day."""
        days = activities.notice.asked(self.act.session, query["on"])
        soonest = activities.earliest(self.act.session, self.act.today)
        return {
            "on": query["on"],
            "notice_by_on": days.by_on,
            "short_notice_by_on": days.short_by_on,
            "earliest_on": soonest.on,
            "earliest_short_on": soonest.short_on,
        }


@blp.route("/supervision-practice")
class OneSupervisionPractice(Resource):
    """How a procuratorate works with supervisors."""

    @blp.arguments(SupervisionPracticeQuery, location="query")
    @blp.response(200, SupervisionPracticeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read how a procuratorate works with supervisors."""
        return _practised(self.act, practice.find(self.act, **query))

    @blp.arguments(SupervisionPracticeQuery, location="query")
    @blp.arguments(NewSupervisionPractice)
    @blp.response(200, SupervisionPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say how one's procuratorate works with supervisors."""
        found = self.expect(practice.find(self.act, **query))
        return _practised(self.act, practice.change(self.act, found, Practice(**given)))


# --- how it is shown ------------------------------------------------------------------------

_BRIEF = (
    "id",
    "kind",
    "state",
    "title",
    "starts_at",
    "ends_at",
    "form",
    "place",
    "wanted",
    "procuratorate",
    "organ",
)
_EVERYBODYS = ("version", "needs", "began_at", "ended_at", "opinions_due_at")
_OF_THE_NOTICE = (
    "requested_at",
    "notice_by_on",
    "short_notice_by_on",
    "short_notice_reason",
    "short_notice_refused",
    "consented_at",
    "silent_at",
)
_INSIDE = (
    "planned_at",
    "missed_at",
    "cancelled_because",
    "fewer_because",
    "without_because",
    "without_words",
)


def shown(act: Act, one: Activity) -> dict[str, Any]:
    """The activity as this reader may see it."""
    act.session.flush()
    inside = activities.reads_case(act, one)
    asked = inside or activities.reads_notice(act, one)
    names = people.names(act.session, [one.planned_by]) if inside else {}
    return (
        _brief(act, one)
        | {name: getattr(one, name) for name in _EVERYBODYS}
        | {name: getattr(one, name) if asked else None for name in _OF_THE_NOTICE}
        | {name: getattr(one, name) if inside else None for name in _INSIDE}
        | {
            "consent_awaited": asked and one.consent_awaited,
            "ground": _ground(one) if inside else None,
            "planned_by": {"id": one.planned_by, "name": names[one.planned_by]} if inside else None,
            "pressing": _pressing(act, one) if inside else None,
            "allowed": activities.allowed(act, one),
        }
    )


def _read(act: Act, case_id: int) -> Select[Any]:
    """The case, if the reader may read it: nobody finds out whose case an activity is about."""
    return cases.visible(act).where(Case.id == case_id).with_only_columns(Case.id)


def _brief(act: Act, one: Activity) -> dict[str, Any]:
    shut = one.case is None or not activities.reads_case(act, one)
    return {name: getattr(one, name) for name in _BRIEF} | {"case": None if shut else one.case}


def _ground(one: Activity) -> dict[str, Any] | None:
    if one.ground is None:
        return None
    words = grounds.WORDS[one.ground]
    return {
        "code": one.ground,
        "zh": words.zh,
        "en": words.en,
        "article": words.article,
        "article_zh": words.article_zh,
    }


def _pressing(act: Act, one: Activity) -> Deadline | None:
    """The period that was recorded; before that the one that presses today."""
    if one.crowding_deadline_id is not None:
        return act.session.get(Deadline, one.crowding_deadline_id)
    if "go_without" not in activities.FLOW.open_from(one.state):
        return None
    found = activities.crowded(act, one)
    return None if found is None else found.deadline


def _plan(given: dict[str, Any]) -> Plan:
    setting = Setting(**{name: given.pop(name) for name in Setting.__dataclass_fields__})
    return Plan(setting=setting, needs=tuple(given.pop("needs")), **given)


def _practised(act: Act, found: SupervisionPractice) -> dict[str, Any]:
    act.session.flush()
    by_id = found.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    said = {name: getattr(found, name) for name in Practice.__dataclass_fields__}
    own = {name: getattr(found, name) for name in ("procuratorate_id", "set_at", "version")}
    return said | own | {"set_by": by_id and {"id": by_id, "name": names[by_id]}}
