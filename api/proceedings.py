"""Steps and proposals over HTTP: the table of what can be done, and the approvals.

Each step of a table says what it asks for; from the same row come the form on the phone, the
reading of what is sent, and the words of the history.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from api.complaints import complaints
from api.delegations import ByDelegationSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.problems import reads_english
from api.resource import Blueprint, Resource
from api.said import said
from api.wire import Instant
from services import proceedings
from services.deadlines import Deadline, open_of
from services.deadlines.engine.articles import cited_en, cited_zh
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import Permission, PostKind
from services.proceedings import (
    TABLES,
    Decider,
    PowerList,
    Proposal,
    ProposalOutcome,
    ProposalState,
    RemarkKind,
    StepIncomplete,
    TakenStep,
    powers,
)
from services.proceedings.powers import ListOf
from services.proceedings.table import Approver, Field, FieldKind, Step

blp = Blueprint(
    "proceedings",
    __name__,
    url_prefix="",
    description="The steps of a suspect's matter, and the approvals they need.",
)

LONGEST_WORDS, LONGEST_LINE, BIGGEST = 20_000, 300, 2**31 - 1
_SOME = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")
WORDS = validate.And(validate.Length(1, LONGEST_WORDS), _SOME)


class ChoiceSchema(Schema):
    """One of the answers that a field allows."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class FieldSchema(Schema):
    """One thing that is said with a step: what a form asks for."""

    name = fields.String(required=True)
    kind = fields.Enum(FieldKind, by_value=True, required=True)
    label = fields.String(required=True)
    required = fields.Boolean(required=True)
    choices = fields.List(fields.Nested(ChoiceSchema), required=True)
    at_least = fields.Integer(required=True, allow_none=True)
    at_most = fields.Integer(required=True, allow_none=True)
    post = fields.Enum(PostKind, by_value=True, required=True, allow_none=True)
    office_kind = fields.String(required=True, allow_none=True)


class OpenStepSchema(Schema):
    """One step that is open now, in the reader's language; its form is read apart."""

    code = fields.String(required=True, metadata={"example": "return_case"})
    subject_kind = fields.String(required=True, metadata={"example": "prosecutions"})
    title = fields.String(required=True, metadata={"example": "退回补充侦查（调查）"})
    article = fields.String(required=True, metadata={"example": "刑诉法175条"})
    approver = fields.Enum(Approver, by_value=True, required=True)
    target = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": "returned", "description": "Where it leads; null: the state stays."},
    )
    numbered = fields.Boolean(
        required=True, metadata={"description": "It makes a document with a number."}
    )


class StepSchema(OpenStepSchema):
    """One step of the table, with all that it asks for."""

    fields_ = fields.List(fields.Nested(FieldSchema), required=True, data_key="fields")


class StepsSchema(Schema):
    """Every step of every table."""

    items = fields.List(fields.Nested(StepSchema), required=True)


class SaidSchema(Schema):
    """One thing that was said, with its label."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    text = fields.String(required=True)


class TakenStepSchema(Schema):
    """A step that was taken."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    article = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    from_state = fields.String(required=True)
    to_state = fields.String(required=True)
    said = fields.List(fields.Nested(SaidSchema), required=True)
    by = fields.Nested(PersonSchema, required=True)
    acting = fields.Boolean(
        required=True, metadata={"description": "Decided by delegation of the chief procurator."}
    )
    by_delegation = fields.Nested(ByDelegationSchema, required=True, allow_none=True)
    at = Instant(required=True)


class NewStep(Schema):
    """A step to be taken: its code, and what it asks for (`GET /steps`)."""

    step = fields.String(
        required=True, validate=validate.Length(1, 60), metadata={"example": "extend_review"}
    )
    given = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={
            "description": "By the names of the step's fields.",
            "example": {"ground": "major_or_complex", "reasons": "案情重大复杂，涉案人数众多。"},
        },
    )


class ApproverSchema(Schema):
    """Who decides at one level."""

    post = fields.Enum(PostKind, by_value=True, required=True)
    office_id = fields.Integer(required=True)


class RemarkSchema(Schema):
    """Something said beside a proposal."""

    id = fields.Integer(required=True)
    kind = fields.Enum(RemarkKind, by_value=True, required=True)
    words = fields.String(required=True)
    by = fields.Nested(PersonSchema, required=True)
    at = Instant(required=True)


class ProposalBriefSchema(Schema):
    """A proposal in a list."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    state = fields.Enum(ProposalState, by_value=True, required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.Integer(required=True)
    case_id = fields.Integer(required=True)
    case_number = fields.String(required=True)
    suspect_name = fields.String(required=True)
    put_by = fields.Nested(PersonSchema, required=True)
    put_at = Instant(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    outer_on = fields.Date(required=True, allow_none=True)


class ProposalSchema(ProposalBriefSchema):
    """A step put forward for approval (审批)."""

    article = fields.String(required=True)
    said = fields.List(fields.Nested(SaidSchema), required=True)
    chain = fields.List(fields.Nested(ApproverSchema), required=True)
    level = fields.Integer(required=True)
    for_committee = fields.Boolean(required=True)
    decided_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    by_delegation = fields.Nested(ByDelegationSchema, required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    number = fields.String(required=True, allow_none=True)
    remarks = fields.List(fields.Nested(RemarkSchema), required=True)
    alternatives = fields.List(
        fields.Nested(StepSchema),
        required=True,
        metadata={"description": "What may be decided instead."},
    )
    allowed = fields.List(fields.String(), required=True, metadata={"example": ["approve"]})


class ProposalQuery(PageQuery):
    """Which proposals."""

    state = fields.Enum(ProposalState, by_value=True, load_default=None)
    step = fields.String(
        load_default=None,
        validate=validate.Length(1, 60),
        metadata={"description": "Only of that step.", "example": "indict"},
    )


class ProposalDecision(Schema):
    """What is decided on a proposal."""

    outcome = fields.Enum(ProposalOutcome, by_value=True, required=True)
    note = fields.String(load_default=None, allow_none=True, validate=WORDS)
    step = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 60),
        metadata={"description": "With `otherwise`: the step to take instead.", "example": None},
    )
    given = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"example": {}, "description": "Its fields."},
    )


class NewRemark(Schema):
    """Something to be said beside a proposal."""

    kind = fields.Enum(RemarkKind, by_value=True, required=True)
    words = fields.String(required=True, validate=WORDS)


class PowerListSchema(Schema):
    """One edition of a power list (权力清单)."""

    id = fields.Integer(required=True)
    office_id = fields.Integer(required=True)
    edition = fields.Integer(required=True)
    in_force_from = fields.Date(required=True)
    powers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"example": {"extend_review": "handler"}},
    )
    set_at = Instant(required=True)


class PowerListsSchema(Schema):
    """Every edition, the newest first, and the steps that a list may give away."""

    items = fields.List(fields.Nested(PowerListSchema), required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class NewPowerList(Schema):
    """A new edition."""

    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    in_force_from = fields.Date(required=True, metadata={"example": "2026-12-01"})
    powers = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 60)),
        values=fields.Enum(Decider, by_value=True),
        required=True,
        metadata={"example": {"extend_review": "handler"}},
    )


# --- words -----------------------------------------------------------------------------------


def step_shown(subject_kind: str, step: Step[Any]) -> dict[str, Any]:
    """A step in the reader's language, with what it asks for."""
    english = reads_english()
    asked = [_field_shown(one, english=english) for one in step.fields]
    return _open_step(subject_kind, step) | {"fields_": asked}


def _open_step(subject_kind: str, step: Step[Any]) -> dict[str, Any]:
    english = reads_english()
    return {
        "code": step.code,
        "subject_kind": subject_kind,
        "title": step.en if english else step.zh,
        "article": cited_en(step.articles) if english else cited_zh(step.articles),
        "approver": step.approver,
        "target": step.target and step.target.value,
        "numbered": step.document is not None,
    }


def _field_shown(one: Field, *, english: bool) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "label": one.en if english else one.zh,
        "required": one.required,
        "choices": [
            {"code": choice.code, "label": choice.en if english else choice.zh}
            for choice in one.choices
        ],
        "at_least": one.at_least,
        "at_most": one.at_most,
        "post": one.post and PostKind(one.post),
        "office_kind": one.office_kind,
    }


def taken_shown(act: Act, one: TakenStep, *, inside: bool) -> dict[str, Any]:
    """A taken step in the reader's language."""
    english = reads_english()
    step = TABLES[one.subject_kind].steps[one.step]
    return {
        "id": one.id,
        "code": one.step,
        "title": step.en if english else step.zh,
        "article": cited_en(step.articles) if english else cited_zh(step.articles),
        "number": one.number,
        "from_state": one.from_state,
        "to_state": one.to_state,
        "said": said(act, step, one.given, inside=inside),
        "by": one.by,
        "acting": one.acting,
        "by_delegation": one.by_delegation,
        "at": one.at,
    }


def insider(act: Act, subject: Any) -> bool:
    """Does the reader hold a post in the procuratorate that handles it, or in the one above?"""
    return bool(act.actor.offices & {subject.procuratorate_id, subject.raised_to_id})


def matter_shown(act: Act, subject: Any) -> dict[str, Any]:
    """What can be done in a matter, what was done, and what awaits a decision."""
    inside = insider(act, subject)
    waiting = proceedings.awaited(act, subject) if inside else None
    kind = subject.__tablename__
    before = proceedings.taken_before(act, subject) if inside else []
    return {
        "open_steps": [_open_step(kind, step) for step in proceedings.open_steps(act, subject)],
        "history": [
            taken_shown(act, one, inside=inside)
            for one in (*before, *proceedings.taken_in(act, [subject]))
            if inside or one.told
        ],
        "proposal_id": waiting.id if waiting is not None else None,
        "proposed": waiting.step if waiting is not None else None,
    }


# --- reading what is sent --------------------------------------------------------------------


def read_given(step: Step[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a step asks for, typed.

    Refuses:
        StepIncomplete: something is missing or not of its kind; `errors` point at it.
    """
    schema = Schema.from_dict({one.name: _wire(one) for one in step.fields})
    try:
        read: dict[str, Any] = schema(unknown=RAISE).load(dict(given))
    except ValidationError as error:
        told = {"json": {"given": error.messages_dict}}
        raise StepIncomplete(errors=complaints(told, english=reads_english())) from error
    return {name: value for name, value in read.items() if value is not None}


def _wire(one: Field) -> fields.Field[Any]:
    """How a field is read from JSON."""
    return _READ[one.kind](one, {"required": one.required, "allow_none": not one.required})


def _codes(one: Field) -> validate.OneOf:
    return validate.OneOf([choice.code for choice in one.choices])


def _id(_one: Field, told: Mapping[str, Any]) -> fields.Field[Any]:
    return fields.Integer(strict=True, validate=validate.Range(1, BIGGEST), **told)


def _number(one: Field, told: Mapping[str, Any]) -> fields.Field[Any]:
    least = 0 if one.at_least is None else one.at_least
    most = BIGGEST if one.at_most is None else one.at_most
    return fields.Integer(strict=True, validate=validate.Range(least, most), **told)


def _listed(each: fields.Field[Any], told: Mapping[str, Any]) -> fields.Field[Any]:
    return fields.List(each, validate=validate.Length(1, 50), **told)


_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_DAYS = validate.Range(_EARLIEST, _LATEST)


def _reckoned(moment: datetime) -> None:
    """A moment with which the periods can be reckoned."""
    _DAYS(moment.date())


_LINE = validate.And(validate.Length(1, LONGEST_LINE), _SOME)
_READ: Mapping[FieldKind, Callable[[Field, Mapping[str, Any]], fields.Field[Any]]] = {
    FieldKind.WORDS: lambda _, told: fields.String(validate=WORDS, **told),
    FieldKind.LINE: lambda _, told: fields.String(validate=_LINE, **told),
    FieldKind.DAY: lambda _, told: fields.Date(validate=_DAYS, **told),
    FieldKind.INSTANT: lambda _, told: Instant(validate=_reckoned, **told),
    FieldKind.YES: lambda _, told: fields.Boolean(**told),
    FieldKind.CHOICE: lambda one, told: fields.String(validate=_codes(one), **told),
    FieldKind.CHOICES: lambda one, told: _listed(fields.String(validate=_codes(one)), told),
    FieldKind.CHARGES: lambda one, told: _listed(_id(one, {}), told),
    FieldKind.TABLE: lambda _, told: fields.Raw(**told),
    FieldKind.NUMBER: _number,
    FieldKind.PERSON: _id,
    FieldKind.OFFICE: _id,
}


# --- proposals -------------------------------------------------------------------------------


def _brief(act: Act, found: Collection[Proposal]) -> list[dict[str, Any]]:
    """Proposals in a list: one query for the periods of all their suspects."""
    suspects = {one.suspect_id for one in found}
    first: dict[int, Deadline] = {}
    for deadline in act.session.scalars(open_of(suspects).where(Deadline.due_on.is_not(None))):
        if deadline.suspect_id is not None:
            first.setdefault(deadline.suspect_id, deadline)
    return [_brief_of(one, first.get(one.suspect_id)) for one in found]


def _brief_of(proposal: Proposal, due: Deadline | None) -> dict[str, Any]:
    step = TABLES[proposal.subject_kind].steps[proposal.step]
    return {
        "id": proposal.id,
        "version": proposal.version,
        "state": proposal.state,
        "code": proposal.step,
        "title": step.en if reads_english() else step.zh,
        "subject_kind": proposal.subject_kind,
        "subject_id": proposal.subject_id,
        "case_id": proposal.case_id,
        "case_number": proposal.case.number,
        "suspect_name": proposal.suspect.name,
        "put_by": proposal.proposer,
        "put_at": proposal.put_at,
        "due_on": due and due.due_on,
        "outer_on": due and due.outer_on,
    }


def proposal_shown(act: Act, proposal: Proposal) -> dict[str, Any]:
    """A proposal as this reader may see it."""
    act.session.flush()
    (brief,) = _brief(act, [proposal])
    step = TABLES[proposal.subject_kind].steps[proposal.step]
    taken = act.session.get(TakenStep, proposal.taken_id) if proposal.taken_id else None
    alternatives = proceedings.alternatives(act, proposal)
    return brief | {
        "article": cited_en(step.articles) if reads_english() else cited_zh(step.articles),
        "said": said(act, step, proposal.given, inside=True),
        "chain": [one | {"post": PostKind(one["post"])} for one in proposal.chain],
        "level": proposal.level,
        "for_committee": proposal.for_committee,
        "decided_by": proposal.decider,
        "by_delegation": proposal.by_delegation,
        "decided_at": proposal.decided_at,
        "note": proposal.note,
        "number": taken and taken.number,
        "remarks": proposal.remarks,
        "alternatives": [step_shown(proposal.subject_kind, one) for one in alternatives],
        "allowed": proceedings.allowed(act, proposal),
    }


@blp.route("/steps")
class Steps(Resource):
    """The tables."""

    @blp.response(200, StepsSchema)
    def get(self) -> dict[str, Any]:
        """List every step that the law knows here, with what it asks for."""
        items = [
            step_shown(kind, step)
            for kind, table in sorted(TABLES.items())
            for step in table.steps.values()
        ]
        return {"items": items}


@blp.route("/steps/<subject_kind>/<code>")
class OneStep(Resource):
    """One row of a table."""

    @blp.response(200, StepSchema)
    def get(self, subject_kind: str, code: str) -> dict[str, Any]:
        """Read one step with what it asks for: the form of it."""
        table = TABLES.get(subject_kind)
        if table is None or code not in table.steps:
            raise NotFound
        return step_shown(subject_kind, table.steps[code])


@blp.route("/proposals")
class Proposals(Resource):
    """What awaits a decision, and what was decided."""

    @blp.arguments(ProposalQuery, location="query")
    @blp.response(200, page_of(ProposalBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the proposals that the reader put forward or decides on, the newest first."""
        chosen = proceedings.with_names(proceedings.visible(self.act))
        if query["state"] is not None:
            chosen = chosen.where(Proposal.state == query["state"])
        if query["step"] is not None:
            chosen = chosen.where(Proposal.step == query["step"])
        found = page(self.act.session, chosen, Proposal.id.desc(), **query)
        return Page(_brief(self.act, found.items), found.next_cursor)


@blp.route("/proposals/<int:proposal_id>")
class OneProposal(Resource):
    """One proposal."""

    @blp.response(200, ProposalSchema)
    def get(self, proposal_id: int) -> dict[str, Any]:
        """Read a proposal with what it says and who decides."""
        return proposal_shown(self.act, proceedings.find(self.act, proposal_id))


@blp.route("/proposals/<int:proposal_id>/decision")
class DecideProposal(Resource):
    """The decision on a proposal."""

    @blp.arguments(ProposalDecision)
    @blp.response(200, ProposalSchema)
    def put(self, given: dict[str, Any], proposal_id: int) -> dict[str, Any]:
        """Approve a proposal, return it, refuse it, decide otherwise, or refer it."""
        proposal = self.expect(proceedings.find(self.act, proposal_id))
        instead: dict[str, Any] = {}
        if given["outcome"] is ProposalOutcome.OTHERWISE:
            step = proceedings.step_of(proposal.subject_kind, given["step"] or "")
            instead = {"step": step.code, "given": read_given(step, given["given"])}
        proceedings.decide(
            self.act, proposal, outcome=given["outcome"], note=given["note"], **instead
        )
        return proposal_shown(self.act, proposal)


@blp.route("/proposals/<int:proposal_id>/remarks")
class ProposalRemarks(Resource):
    """What is said beside a proposal."""

    @blp.arguments(NewRemark)
    @blp.response(200, ProposalSchema)
    def post(self, given: dict[str, Any], proposal_id: int) -> dict[str, Any]:
        """Put the head's view or the handler's objection beside a proposal."""
        proposal = self.expect(proceedings.find(self.act, proposal_id))
        proceedings.remark(self.act, proposal, **given)
        return proposal_shown(self.act, proposal)


@blp.route("/proposals/<int:proposal_id>/withdrawal")
class ProposalWithdrawal(Resource):
    """Taking a proposal back."""

    @blp.response(200, ProposalSchema)
    def put(self, proposal_id: int) -> dict[str, Any]:
        """Take a proposal back before it is decided."""
        proposal = self.expect(proceedings.find(self.act, proposal_id))
        proceedings.withdraw(self.act, proposal)
        return proposal_shown(self.act, proposal)


# --- the power list --------------------------------------------------------------------------


def _given_away() -> dict[str, tuple[str, Step[Any]]]:
    """Every step on which the law fixes nobody."""
    return {
        step.code: (kind, step)
        for kind, table in sorted(TABLES.items())
        for step in table.steps.values()
        if step.approver is Approver.POWER_LIST
    }


@blp.route("/power-lists")
class PowerLists(Resource):
    """Who decides what, where the law fixes nobody."""

    @blp.response(200, PowerListsSchema)
    def get(self) -> dict[str, Any]:
        """List the editions of the power lists of the reader's offices."""
        chosen = powers.visible(self.act).order_by(PowerList.office_id, PowerList.edition.desc())
        steps = [step_shown(kind, step) for kind, step in _given_away().values()]
        return {"items": self.act.session.scalars(chosen).all(), "steps": steps}

    @blp.arguments(NewPowerList)
    @blp.response(201, PowerListSchema)
    def post(self, given: dict[str, Any]) -> PowerList:
        """Put a new edition of the power list in force."""
        return powers.set_list(
            self.act,
            ListOf(given["office_id"]),
            in_force_from=given["in_force_from"],
            powers=given["powers"],
            known=set(_given_away()),
        )


def take(act: Act, subject: Any, sent: Mapping[str, Any]) -> Any:
    """Take the step that was sent, in this matter, by the verb of whose it is."""
    step = proceedings.own_step(act, subject, sent["step"])
    given = read_given(step, sent["given"])
    match step.by:
        case Permission.PROCEEDING_HANDLE:
            return proceedings.handle(act, subject, step, given)
        case Permission.PROCEEDING_ANSWER:
            return proceedings.answer(act, subject, step, given)
        case Permission.PROCEEDING_MANAGE:
            return proceedings.manage(act, subject, step, given)
        case Permission.PROCEEDING_NAME_REVIEWER:
            return proceedings.name_reviewer(act, subject, step, given)
        case Permission.PROCEEDING_RECONSIDER:
            return proceedings.reconsider(act, subject, step, given)
        case _:
            return proceedings.re_examine(act, subject, step, given)
