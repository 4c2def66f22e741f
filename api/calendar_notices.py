"""The State Council's notices of days off over HTTP: typed in by one, confirmed by another."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import ProblemErrorSchema, in_readers_language
from api.resource import Blueprint, Resource
from api.wire import Instant
from services.deadlines import notices
from services.deadlines.notices import CalendarNotice, NewNotice, NoticeState
from services.kernel.act import Act

blp = Blueprint(
    "calendar_notices",
    __name__,
    url_prefix="/calendar-notices",
    description="The yearly notices of days off and make-up working days.",
)

MOST_DAYS = 100
_EXAMPLE_OFF = ["2027-01-01", "2027-01-02", "2027-01-03"]
_EXAMPLE_WORK = ["2027-01-31"]
_WORDS = validate.And(validate.Length(1, 300), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


class CalendarNoticeSchema(Schema):
    """A notice as it was typed in, and what became of it."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    year = fields.Integer(required=True, metadata={"example": 2027})
    revision = fields.Integer(
        required=True,
        metadata={"description": "The how-manieth notice of that year.", "example": 1},
    )
    title = fields.String(
        required=True, metadata={"example": "国务院办公厅关于2027年部分节假日安排的通知"}
    )
    number = fields.String(required=True, metadata={"example": "国办发明电〔2026〕9号"})
    page = fields.String(
        required=True,
        metadata={"description": "Where the State Council's site shows it."},
    )
    wording = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The text itself, for whoever confirms.", "example": None},
    )
    off = fields.List(
        fields.Date(),
        required=True,
        metadata={"description": "Days off, weekends among them.", "example": _EXAMPLE_OFF},
    )
    work = fields.List(
        fields.Date(),
        required=True,
        data_key="make_up",
        metadata={"description": "Weekend days that are worked.", "example": _EXAMPLE_WORK},
    )
    state = fields.Enum(NoticeState, by_value=True, required=True)
    proposed_by = fields.Nested(PersonSchema, required=True)
    proposed_at = Instant(required=True)
    decided_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    remarks = fields.List(
        fields.Nested(ProblemErrorSchema),
        required=True,
        metadata={"description": "What is strange about it, for whoever confirms."},
    )
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["confirm", "reject"]},
    )


class CalendarNoticeQuery(PageQuery):
    """Which notices."""

    year = fields.Integer(load_default=None, metadata={"example": 2027})
    state = fields.Enum(NoticeState, by_value=True, load_default=None)


class NewCalendarNotice(Schema):
    """A notice as an administrator reads it on the State Council's site."""

    year = fields.Integer(
        required=True, validate=validate.Range(2018, 2100), metadata={"example": 2027}
    )
    title = fields.String(
        required=True,
        validate=_WORDS,
        metadata={"example": "国务院办公厅关于2027年部分节假日安排的通知"},
    )
    number = fields.String(
        required=True, validate=_WORDS, metadata={"example": "国办发明电〔2026〕9号"}
    )
    page = fields.String(
        required=True,
        validate=validate.And(
            validate.Length(1, 300), validate.Regexp(r"https?://(?:[\w-]+\.)*gov\.cn(?:/\S*)?\Z")
        ),
        metadata={
            "description": "An address of gov.cn.",
            "example": "https://www.gov.cn/zhengce/content/202611/content_7100001.htm",
        },
    )
    off = fields.List(
        fields.Date(),
        required=True,
        validate=validate.Length(1, MOST_DAYS),
        metadata={"example": _EXAMPLE_OFF},
    )
    work = fields.List(
        fields.Date(),
        required=True,
        data_key="make_up",
        validate=validate.Length(0, MOST_DAYS),
        metadata={"example": _EXAMPLE_WORK},
    )
    wording = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 20_000),
        metadata={
            "description": "The text itself; the days it names are held against the lists.",
            "example": None,
        },
    )


class NoticeConfirmation(Schema):
    """What the second person found."""

    accepted = fields.Boolean(
        required=True,
        metadata={"description": "Does it say what its source says?", "example": True},
    )


def shown(act: Act, notice: CalendarNotice) -> dict[str, Any]:
    """The notice as this reader sees it."""
    told = {
        name: getattr(notice, name)
        for name in (
            "id", "version", "year", "revision", "title", "number", "page", "wording",
            "state", "proposed_at", "decided_at",
        )
    }  # fmt: skip
    announced = notice.announced
    return told | {
        "off": announced.off,
        "work": announced.work,
        "proposed_by": notice.proposer,
        "decided_by": notice.decider,
        "remarks": in_readers_language(notices.remarks(notice)),
        "allowed": notices.allowed(act, notice),
    }


def _shown(act: Act, notice: CalendarNotice) -> dict[str, Any]:
    act.session.flush()
    return shown(act, notice)


@blp.route("")
class CalendarNotices(Resource):
    """The notices that this installation has been given."""

    @blp.arguments(CalendarNoticeQuery, location="query")
    @blp.response(200, page_of(CalendarNoticeSchema))
    def get(self, wanted: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the notices, the newest first."""
        chosen = notices.visible(self.act).options(*notices.WITH_PEOPLE)
        if wanted["year"] is not None:
            chosen = chosen.where(CalendarNotice.year == wanted["year"])
        if wanted["state"] is not None:
            chosen = chosen.where(CalendarNotice.state == wanted["state"])
        found = page(self.act.session, chosen, CalendarNotice.id.desc(), **wanted)
        return Page([shown(self.act, notice) for notice in found.items], found.next_cursor)

    @blp.arguments(NewCalendarNotice)
    @blp.response(201, CalendarNoticeSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Type in a notice; a second person has to confirm it."""
        days = {which: tuple(given[which]) for which in ("off", "work")}
        return _shown(self.act, notices.propose(self.act, NewNotice(**(given | days))))


@blp.route("/<int:notice_id>")
class OneCalendarNotice(Resource):
    """One notice."""

    @blp.response(200, CalendarNoticeSchema)
    def get(self, notice_id: int) -> dict[str, Any]:
        """Read a notice."""
        return shown(self.act, notices.find(self.act, notice_id))


@blp.route("/<int:notice_id>/confirmation")
class CalendarNoticeConfirmation(Resource):
    """The second person's word."""

    @blp.arguments(NoticeConfirmation)
    @blp.response(200, CalendarNoticeSchema)
    def put(self, given: dict[str, Any], notice_id: int) -> dict[str, Any]:
        """Confirm a notice that somebody else typed in, or reject it."""
        notice = self.expect(notices.find(self.act, notice_id))
        if given["accepted"]:
            return _shown(self.act, notices.confirm(self.act, notice))
        return _shown(self.act, notices.reject(self.act, notice))
