"""The chief's oversight over HTTP: looks, questions and notes on a case, and what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from api import deadlines as periods
from api.deadlines import DeadlineSchema
from api.inquiries import NOT_BLANK, InquiryCaseSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_reviews, cases, oversight, people
from services.arrest_reviews import ReviewState
from services.cases import Case
from services.deadlines import lists
from services.kernel.act import Act, Identified, JournalEntry
from services.oversight import OversightAnswerKind, OversightEntry, OversightKind

blp = Blueprint(
    "oversight",
    __name__,
    description="What a chief procurator or a department head looked into, asked or noted.",
)

LAST_STEPS = 20
_WORDS = validate.And(validate.Length(1, 5000), NOT_BLANK)

STEPS_OF_CASE: Mapping[str, str] = {
    "CaseAccepted": "案件已受理登记",
    "CaseAssigned": "案件已分配",
    "HandlerChanged": "变更承办人",
    "HandlerRecused": "检察官回避",
    "CaseClosed": "案件已办结",
}
STEPS_OF_REVIEW: Mapping[str, str] = {
    "OpinionGiven": "提出审查逮捕意见",
    "OpinionReturned": "检察长要求复核",
    "ArrestDecided": "作出批准或者不批准逮捕决定",
    "ReceiptReturned": "送达执行回执",
}
"""What of the journal belongs to the progress of a case, by the record the entry is about."""


class OversightAnswerSchema(Schema):
    """What the handler said to it."""

    kind = fields.Enum(OversightAnswerKind, by_value=True, required=True)
    words = fields.String(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True)
    answered_at = Instant(required=True)


class OversightEntrySchema(Schema):
    """One look, one question or one note."""

    id = fields.Integer(required=True)
    case = fields.Nested(InquiryCaseSchema, required=True)
    kind = fields.Enum(OversightKind, by_value=True, required=True)
    words = fields.String(required=True, allow_none=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day by which a report is asked for."},
    )
    asked_of = fields.Nested(PersonSchema, required=True, allow_none=True)
    made_by = fields.Nested(PersonSchema, required=True)
    made_at = Instant(required=True)
    answer = fields.Nested(OversightAnswerSchema, required=True, allow_none=True)
    may_answer = fields.Boolean(
        required=True, metadata={"description": "The reader may answer it now."}
    )


class ProgressSuspectSchema(Schema):
    """How far one suspect's matter is."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    arrest_review_id = fields.Integer(required=True, allow_none=True)
    arrest_review_state = fields.Enum(ReviewState, by_value=True, required=True, allow_none=True)


class ProgressStepSchema(Schema):
    """One step that was taken."""

    kind = fields.String(required=True, metadata={"example": "CaseAssigned"})
    title = fields.String(required=True, metadata={"example": "案件已分配"})
    by = fields.Nested(PersonSchema, required=True, allow_none=True)
    happened_at = Instant(required=True)


class ProgressSchema(Schema):
    """How far a case is."""

    suspects = fields.List(fields.Nested(ProgressSuspectSchema), required=True)
    deadlines = fields.List(
        fields.Nested(DeadlineSchema),
        required=True,
        metadata={"description": "What runs, the most urgent first."},
    )
    steps = fields.List(
        fields.Nested(ProgressStepSchema),
        required=True,
        metadata={"description": f"The last {LAST_STEPS} at most, the newest first."},
    )


class MadeOversightEntrySchema(OversightEntrySchema):
    """The entry, and for a look what was looked at."""

    progress = fields.Nested(ProgressSchema, required=True, allow_none=True)


class OversightQuery(PageQuery):
    """Which entries."""

    kind = fields.Enum(OversightKind, by_value=True, load_default=None)


class NewOversightEntry(Schema):
    """A look, a question with its day, or a note."""

    kind = fields.Enum(OversightKind, by_value=True, required=True)
    words = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    due_on = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def _whole(self, given: dict[str, Any], **_: object) -> None:
        wanted = _ASKED_FOR[given["kind"]]
        faults = {
            name: ["Missing data for required field." if name in wanted else "Not for this kind."]
            for name in ("words", "due_on")
            if (given[name] is not None) != (name in wanted)
        }
        if faults:
            raise ValidationError(faults)


_ASKED_FOR: Mapping[OversightKind, frozenset[str]] = {
    OversightKind.LOOK: frozenset(),
    OversightKind.REPORT_ASKED: frozenset({"words", "due_on"}),
    OversightKind.NOTE: frozenset({"words"}),
}


class NewOversightAnswer(Schema):
    """A report, an acknowledgement, or an objection in writing."""

    kind = fields.Enum(OversightAnswerKind, by_value=True, required=True)
    words = fields.String(load_default=None, allow_none=True, validate=_WORDS)


@blp.route("/cases/<int:case_id>/oversight-entries")
class CaseOversightEntries(Resource):
    """What was entered about one case."""

    @blp.arguments(OversightQuery, location="query")
    @blp.response(200, page_of(OversightEntrySchema))
    def get(self, query: dict[str, Any], case_id: int) -> Page[dict[str, Any]]:
        """List who looked into a case, asked for reports or set notes, the newest first."""
        case = oversight.find_case(self.act, case_id)
        chosen = oversight.visible(self.act).where(OversightEntry.case_id == case.id)
        return _page(self.act, chosen, query)

    @blp.arguments(NewOversightEntry)
    @blp.response(201, MadeOversightEntrySchema)
    def post(self, given: dict[str, Any], case_id: int) -> dict[str, Any]:
        """Look into the progress of a case, ask its handler for a report, or set a note on it."""
        case, kind = cases.find(self.act, case_id), given["kind"]
        if kind is OversightKind.LOOK:
            entry = oversight.look(self.act, case)
            return _shown(self.act, [entry])[0] | {"progress": _progress(self.act, case)}
        if kind is OversightKind.REPORT_ASKED:
            entry = oversight.ask(self.act, case, words=given["words"], due_on=given["due_on"])
        else:
            entry = oversight.set_note(self.act, case, words=given["words"])
        return _shown(self.act, [entry])[0] | {"progress": None}


@blp.route("/oversight-entries")
class OversightEntries(Resource):
    """What was entered about every case that one handles, oversees or inspects."""

    @blp.arguments(OversightQuery, location="query")
    @blp.response(200, page_of(OversightEntrySchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List every look, question and note that one may read, the newest first."""
        return _page(self.act, oversight.visible(self.act), query)


@blp.route("/oversight-entries/<int:entry_id>")
class OneOversightEntry(Resource):
    """One entry."""

    @blp.response(200, OversightEntrySchema)
    def get(self, entry_id: int) -> dict[str, Any]:
        """Read a look, a question or a note, and its answer."""
        return _shown(self.act, [oversight.find(self.act, entry_id)])[0]


@blp.route("/oversight-entries/<int:entry_id>/answer")
class OneOversightAnswer(Resource):
    """What the handler says to it."""

    @blp.arguments(NewOversightAnswer)
    @blp.response(200, OversightEntrySchema)
    def put(self, given: dict[str, Any], entry_id: int) -> dict[str, Any]:
        """Report, acknowledge a note, or object to it in writing."""
        entry = oversight.find(self.act, entry_id)
        return _shown(self.act, [oversight.answer(self.act, entry, **given)])[0]


def _page(act: Act, chosen: Any, query: dict[str, Any]) -> Page[dict[str, Any]]:
    if query["kind"] is not None:
        chosen = chosen.where(OversightEntry.kind == query["kind"])
    whole = chosen.options(joinedload(OversightEntry.case), joinedload(OversightEntry.answer))
    found = page(act.session, whole, OversightEntry.id.desc(), **query)
    return Page(_shown(act, found.items), found.next_cursor)


def _shown(act: Act, found: Sequence[OversightEntry]) -> list[dict[str, Any]]:
    """The entries with everybody's names, in one query more."""
    ids = {one.made_by for one in found}
    ids |= {one.asked_of for one in found if one.asked_of is not None}
    ids |= {one.answer.answered_by for one in found if one.answer is not None}
    names = people.names(act.session, ids)

    def named(person_id: int | None) -> dict[str, Any] | None:
        return None if person_id is None else {"id": person_id, "name": names[person_id]}

    return [
        {
            "id": one.id,
            "case": one.case,
            "kind": one.kind,
            "words": one.words,
            "due_on": one.due_on,
            "asked_of": named(one.asked_of),
            "made_by": named(one.made_by),
            "made_at": one.made_at,
            "answer": None
            if one.answer is None
            else {
                "kind": one.answer.kind,
                "words": one.answer.words,
                "answered_by": named(one.answer.answered_by),
                "answered_at": one.answer.answered_at,
            },
            "may_answer": oversight.answerable(act, one),
        }
        for one in found
    ]


def _progress(act: Act, case: Case) -> dict[str, Any]:
    """How far the case is: every suspect, what runs, the last steps."""
    reviews = {one.suspect_id: one for one in arrest_reviews.of_case(act, case)}
    matters: list[Identified] = [case, case.origin, *reviews.values()]
    suspect_ids = {one.id for one in case.suspects}
    running = (
        lists.of_matter(act, suspect_ids, matters)
        .where(lists.still_open())
        .order_by(*lists.by_urgency(act))
    )
    return {
        "suspects": [
            {
                "id": one.id,
                "name": one.name,
                "arrest_review_id": reviews[one.id].id if one.id in reviews else None,
                "arrest_review_state": reviews[one.id].state if one.id in reviews else None,
            }
            for one in case.suspects
        ],
        "deadlines": periods.shown(act, act.session.scalars(running).all()),
        "steps": _steps(act, case.id, [one.id for one in reviews.values()]),
    }


def _steps(act: Act, case_id: int, review_ids: Sequence[int]) -> list[dict[str, Any]]:
    chosen = (
        select(JournalEntry)
        .where(
            or_(
                and_(JournalEntry.kind.in_(STEPS_OF_CASE), JournalEntry.about_id == case_id),
                and_(JournalEntry.kind.in_(STEPS_OF_REVIEW), JournalEntry.about_id.in_(review_ids)),
            )
        )
        .order_by(JournalEntry.id.desc())
        .limit(LAST_STEPS)
    )
    found = act.session.scalars(chosen).all()
    names = people.names(act.session, {one.by_id for one in found})
    titles = {**STEPS_OF_CASE, **STEPS_OF_REVIEW}
    return [
        {
            "kind": one.kind,
            "title": titles[one.kind],
            "by": {"id": one.by_id, "name": names[one.by_id]} if one.by_id in names else None,
            "happened_at": one.happened_at,
        }
        for one in found
    ]
