"""Opinions of people's supervisors over HTTP: given, sealed, opened, answered, receipted."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, cases, invitations, people, supervision_opinions, supervisors
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.supervision_opinions import (
    OPEN_STATES,
    Adoption,
    Conduct,
    NewPerformanceLine,
    NewSupervisionOpinion,
    OpinionView,
    OpinionWay,
    PerformanceReport,
    Point,
    SupervisionOpinion,
    SupervisionOpinionState,
    SupervisionRuling,
)

blp = Blueprint(
    "supervision_opinions",
    __name__,
    description="What people's supervisors think, sealed until all have spoken, and what became "
    "of it (PSUP-2019 17 to 19; PSUP-2021 22).",
)

LONGEST = 8000
_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(1, LONGEST), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_MAYBE_WORDS = validate.And(validate.Length(0, LONGEST), validate.Regexp(r"[^\x00]*\Z"))
_STEPS = ("refer", "answer", "receipt", "object_to", "decide")


class OpinionPointSchema(Schema):
    """What a supervisor thinks of one point, and in which words."""

    view = fields.Enum(OpinionView, by_value=True, required=True)
    words = fields.String(load_default=None, allow_none=True, validate=_MAYBE_WORDS)


class NewSupervisionOpinionSchema(Schema):
    """One's opinion: it is given once and never changed."""

    facts = fields.Nested(OpinionPointSchema, required=True)
    evidence = fields.Nested(OpinionPointSchema, required=True)
    handling = fields.Nested(OpinionPointSchema, required=True)
    overall = fields.Enum(OpinionView, by_value=True, required=True)
    words = fields.String(load_default="", validate=_MAYBE_WORDS)


class GivenSupervisionOpinionSchema(Schema):
    """That an opinion was given: keep the salt and the digest to prove later what was said."""

    id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True)
    submitted_at = Instant(required=True)
    salt = fields.String(required=True)
    sha256 = fields.String(required=True)
    is_unsealed = fields.Boolean(
        required=True, metadata={"description": "It was the last one awaited: all are open now."}
    )


class SupervisionOpinionSchema(Schema):
    """One opinion; whoever may not read its words finds null where they would be."""

    id = fields.Integer(required=True)
    way = fields.Enum(OpinionWay, by_value=True, required=True)
    state = fields.Enum(SupervisionOpinionState, by_value=True, required=True)
    is_open = fields.Boolean(required=True)
    procuratorate_id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True, allow_none=True)
    activity_title = fields.String(required=True, allow_none=True)
    case_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null for the supervisor and for the organ: they read no case."},
    )
    supervisor = fields.Nested(PersonSchema, required=True)
    facts = fields.Nested(OpinionPointSchema, required=True, allow_none=True)
    evidence = fields.Nested(OpinionPointSchema, required=True, allow_none=True)
    handling = fields.Nested(OpinionPointSchema, required=True, allow_none=True)
    overall = fields.Enum(OpinionView, by_value=True, required=True, allow_none=True)
    words = fields.String(required=True, allow_none=True)
    case_number = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "As the supervisor gave it, without an activity."},
    )
    submitted_at = Instant(required=True)
    salt = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True)
    unsealed_at = Instant(required=True, allow_none=True)
    adoption = fields.Enum(Adoption, by_value=True, required=True, allow_none=True)
    outcome = fields.Enum(
        Adoption,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "What became of it in the end, the chief's decision included."},
    )
    answer = fields.String(required=True, allow_none=True)
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    receipt_by_on = fields.Date(required=True, allow_none=True)
    receipted_at = Instant(required=True, allow_none=True)
    lapsed_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Nothing was said to the answer in time: silence, no receipt."},
    )
    objection = fields.String(required=True, allow_none=True)
    objected_at = Instant(required=True, allow_none=True)
    ruling = fields.Enum(SupervisionRuling, by_value=True, required=True, allow_none=True)
    ruling_reasons = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    steps = fields.List(
        fields.String(validate=validate.OneOf(_STEPS)),
        required=True,
        metadata={"description": "What the reader may do with it now.", "example": ["answer"]},
    )
    version = fields.Integer(required=True)


class OneSupervisionOpinionSchema(SupervisionOpinionSchema):
    """One opinion, checked against the journal."""

    is_intact = fields.Boolean(
        required=True,
        metadata={"description": "It is word for word what was given, by the journal's digest."},
    )


class SupervisionOpinionQuery(PageQuery):
    """Which opinions."""

    state = fields.Enum(SupervisionOpinionState, by_value=True, load_default=None)
    open = fields.Boolean(
        load_default=None,
        metadata={"description": "Only what is still to be dealt with, or only what is done."},
    )


class ActivityOpinionsSchema(Schema):
    """How many opinions are in, of how many; the opinions themselves once they are open."""

    activity_id = fields.Integer(required=True)
    given = fields.Integer(required=True)
    expected = fields.Integer(required=True)
    is_unsealed = fields.Boolean(required=True)
    opinions_due_at = Instant(required=True, allow_none=True)
    opinions = fields.List(
        fields.Nested(SupervisionOpinionSchema),
        required=True,
        metadata={"description": "While they are sealed the reader's own, if there is one."},
    )


class NewSupervisionReferral(Schema):
    """To whom a proposal goes: to the handler of a case, or to a prosecutor."""

    case_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ID)
    prosecutor_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ID)


class NewSupervisionAnswer(Schema):
    """Adopted, or the reasons why not."""

    adoption = fields.Enum(Adoption, by_value=True, required=True)
    reasons = fields.String(load_default=None, allow_none=True, validate=_MAYBE_WORDS)


class NewSupervisionObjection(Schema):
    """Why the answer does not satisfy."""

    words = fields.String(required=True, validate=_WORDS)


class NewSupervisionRuling(Schema):
    """What the chief procurator decides, and why."""

    ruling = fields.Enum(SupervisionRuling, by_value=True, required=True)
    reasons = fields.String(required=True, validate=_WORDS)


class NewSupervisionProposal(Schema):
    """An opinion or a proposal without an activity."""

    words = fields.String(required=True, validate=_WORDS)
    case_number = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.And(validate.Length(1, 100), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")),
    )
    procuratorate_id = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=_ID,
        metadata={"description": "If it is not the one that one's organ draws for."},
    )


class PerformanceLineSchema(Schema):
    """What is said of one supervisor."""

    invitation_id = fields.Integer(required=True, strict=True, validate=_ID)
    conduct = fields.Enum(Conduct, by_value=True, required=True)
    remark = fields.String(load_default=None, allow_none=True, validate=_MAYBE_WORDS)


class NewPerformanceReport(Schema):
    """How each supervisor took part; nothing of the case."""

    lines = fields.List(
        fields.Nested(PerformanceLineSchema), required=True, validate=validate.Length(0, 200)
    )
    remark = fields.String(load_default=None, allow_none=True, validate=_MAYBE_WORDS)


class ReportedLineSchema(PerformanceLineSchema):
    """What was said of one supervisor, by name."""

    supervisor = fields.Nested(PersonSchema, required=True)
    attended = fields.Boolean(required=True)


class PerformanceReportSchema(Schema):
    """What the organ was told of an activity's supervisors (PSUP-2021 22)."""

    id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True)
    activity_title = fields.String(required=True)
    lines = fields.List(fields.Nested(ReportedLineSchema), required=True)
    remark = fields.String(required=True, allow_none=True)
    reported_at = Instant(required=True)


class _OfOpinion(Resource):
    """What answers with an opinion: to whoever may read it now, the second time too."""

    def still_told(self, **named: Any) -> None:
        """Say no word again to somebody who has been kept away since."""
        supervision_opinions.find(self.act, named["opinion_id"])


@blp.route("/invitations/<int:invitation_id>/opinion")
class InvitedOpinion(Resource):
    """One's opinion on what one was invited to."""

    @blp.arguments(NewSupervisionOpinionSchema)
    @blp.response(200, GivenSupervisionOpinionSchema)
    def put(self, given: dict[str, Any], invitation_id: int) -> SupervisionOpinion:
        """Give one's own opinion, once and for good; it is sealed."""
        invitation = invitations.find(self.act, invitation_id)
        new = NewSupervisionOpinion(
            facts=Point(**given["facts"]),
            evidence=Point(**given["evidence"]),
            handling=Point(**given["handling"]),
            overall=given["overall"],
            words=given["words"],
        )
        return supervision_opinions.give(self.act, invitation, new)


@blp.route("/activities/<int:activity_id>/opinions")
class ActivityOpinions(Resource):
    """The opinions on an activity."""

    @blp.response(200, ActivityOpinionsSchema)
    def get(self, activity_id: int) -> dict[str, Any]:
        """Read how many opinions are in, and the opinions once they are open."""
        activity = activities.find(self.act, activity_id)
        counted = supervision_opinions.tally(self.act, activity)
        chosen = supervision_opinions.visible(self.act).where(
            SupervisionOpinion.activity_id == activity.id
        )
        found = self.act.session.scalars(
            supervision_opinions.whole(chosen).order_by(SupervisionOpinion.id)
        ).all()
        return {
            "activity_id": activity.id,
            "given": counted.given,
            "expected": counted.expected,
            "is_unsealed": counted.is_unsealed,
            "opinions_due_at": activity.opinions_due_at,
            "opinions": _shown(self.act, found),
        }


@blp.route("/activities/<int:activity_id>/performance-report")
class ActivityPerformance(Resource):
    """What the organ is told of the supervisors."""

    @blp.response(200, PerformanceReportSchema)
    def get(self, activity_id: int) -> dict[str, Any]:
        """Read what the organ was told of the supervisors of an activity."""
        activity = activities.find(self.act, activity_id)
        return _reported(self.act, supervision_opinions.report_on(self.act, activity))

    @blp.arguments(NewPerformanceReport)
    @blp.response(200, PerformanceReportSchema)
    def put(self, given: dict[str, Any], activity_id: int) -> dict[str, Any]:
        """Tell the organ how the supervisors of an activity took part."""
        activity = activities.find(self.act, activity_id)
        lines = [NewPerformanceLine(**line) for line in given["lines"]]
        sent = supervision_opinions.report(self.act, activity, lines=lines, remark=given["remark"])
        return _reported(self.act, sent)


@blp.route("/cases/<int:case_id>/supervision-opinions")
class CaseOpinions(Resource):
    """What supervisors said, as entered in the file of a case."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(SupervisionOpinionSchema))
    def get(self, query: dict[str, Any], case_id: int) -> Page[dict[str, Any]]:
        """List the opinions entered in the file of a case, the newest first."""
        chosen = supervision_opinions.of_case(self.act, cases.find(self.act, case_id))
        return _page(self.act, chosen, query)


@blp.route("/supervision-opinions")
class SupervisionOpinions(Resource):
    """The opinions that one reads."""

    @blp.arguments(SupervisionOpinionQuery, location="query")
    @blp.response(200, page_of(SupervisionOpinionSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List one's own opinions, or the opened ones that one's post reads, the newest first."""
        chosen = supervision_opinions.visible(self.act)
        if query["state"] is not None:
            chosen = chosen.where(SupervisionOpinion.state == query["state"])
        if query["open"] is not None:
            still = SupervisionOpinion.state.in_(OPEN_STATES)
            chosen = chosen.where(still if query["open"] else ~still)
        return _page(self.act, chosen, query)


@blp.route("/supervision-proposals")
class SupervisionProposals(Resource):
    """Opinions and proposals without an activity."""

    @blp.arguments(NewSupervisionProposal)
    @blp.response(201, SupervisionOpinionSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Give an opinion or a proposal without an activity."""
        supervisor = supervisors.of_person(self.act, self.act.actor.id)
        if supervisor is None:
            raise NotFound
        return _one(self.act, supervision_opinions.propose(self.act, supervisor, **given))


@blp.route("/supervision-opinions/<int:opinion_id>")
class OneSupervisionOpinion(Resource):
    """One opinion."""

    @blp.response(200, OneSupervisionOpinionSchema)
    def get(self, opinion_id: int) -> dict[str, Any]:
        """Read an opinion and what became of it."""
        opinion = supervision_opinions.find(self.act, opinion_id)
        intact = supervision_opinions.is_intact(self.act.session, opinion)
        return _one(self.act, opinion) | {"is_intact": intact}


@blp.route("/supervision-opinions/<int:opinion_id>/referral")
class SupervisionReferral(_OfOpinion):
    """To whom case management sends a proposal."""

    @blp.arguments(NewSupervisionReferral)
    @blp.response(200, SupervisionOpinionSchema)
    def put(self, given: dict[str, Any], opinion_id: int) -> dict[str, Any]:
        """Pass an examined proposal on to whoever handles what it is about."""
        opinion = self.expect(supervision_opinions.find(self.act, opinion_id))
        case_id = given["case_id"]
        case = None if case_id is None else cases.find(self.act, case_id)
        referred = supervision_opinions.refer(
            self.act, opinion, case=case, prosecutor_id=given["prosecutor_id"]
        )
        return _one(self.act, referred)


@blp.route("/supervision-opinions/<int:opinion_id>/answer")
class SupervisionAnswer(_OfOpinion):
    """What the handler says to it."""

    @blp.arguments(NewSupervisionAnswer)
    @blp.response(200, SupervisionOpinionSchema)
    def put(self, given: dict[str, Any], opinion_id: int) -> dict[str, Any]:
        """Adopt an opinion, or explain why not."""
        opinion = self.expect(supervision_opinions.find(self.act, opinion_id))
        return _one(self.act, supervision_opinions.answer(self.act, opinion, **given))


@blp.route("/supervision-opinions/<int:opinion_id>/receipt")
class SupervisionReceipt(_OfOpinion):
    """That the supervisor has read the answer."""

    @blp.response(200, SupervisionOpinionSchema)
    def put(self, opinion_id: int) -> dict[str, Any]:
        """Receipt the answer to one's opinion."""
        opinion = self.expect(supervision_opinions.find(self.act, opinion_id))
        return _one(self.act, supervision_opinions.receipt(self.act, opinion))


@blp.route("/supervision-opinions/<int:opinion_id>/objection")
class SupervisionObjection(_OfOpinion):
    """What the supervisor says against the answer."""

    @blp.arguments(NewSupervisionObjection)
    @blp.response(200, SupervisionOpinionSchema)
    def put(self, given: dict[str, Any], opinion_id: int) -> dict[str, Any]:
        """Object to the answer to one's opinion."""
        opinion = self.expect(supervision_opinions.find(self.act, opinion_id))
        return _one(self.act, supervision_opinions.object_to(self.act, opinion, **given))


@blp.route("/supervision-opinions/<int:opinion_id>/objection-decision")
class SupervisionObjectionDecision(_OfOpinion):
    """What the chief procurator decides."""

    @blp.arguments(NewSupervisionRuling)
    @blp.response(200, SupervisionOpinionSchema)
    def put(self, given: dict[str, Any], opinion_id: int) -> dict[str, Any]:
        """Decide on the objection of a supervisor."""
        opinion = self.expect(supervision_opinions.find(self.act, opinion_id))
        return _one(self.act, supervision_opinions.decide(self.act, opinion, **given))


def _page(act: Act, chosen: Any, query: dict[str, Any]) -> Page[dict[str, Any]]:
    whole = supervision_opinions.whole(chosen)
    found = page(act.session, whole, SupervisionOpinion.id.desc(), **query)
    return Page(_shown(act, found.items), found.next_cursor)


def _one(act: Act, opinion: SupervisionOpinion) -> dict[str, Any]:
    return _shown(act, [opinion])[0]


def _shown(act: Act, found: Sequence[SupervisionOpinion]) -> list[dict[str, Any]]:
    """The opinions as far as the reader may read them, and everybody's names, in few queries."""
    ids = {one.person_id for one in found} | {one.answered_by for one in found if one.answered_by}
    names = people.names(act.session, ids)
    shown = []
    for one in found:
        reads = supervision_opinions.reads_words(act, one)
        staff = reads and act.actor.id != one.person_id
        shown.append(
            {name: getattr(one, name) for name in _KEPT}
            | {name: getattr(one, name) if reads else None for name in _WORDS_OF_IT}
            | {
                name: _point(one, name) if reads and one.way is OpinionWay.ACTIVITY else None
                for name in _POINTS
            }
            | {
                "activity_title": None if one.activity is None else one.activity.title,
                "case_id": one.case_id if staff else None,
                "supervisor": {"id": one.person_id, "name": names[one.person_id]},
                "answered_by": {"id": one.answered_by, "name": names[one.answered_by]}
                if staff and one.answered_by
                else None,
                "steps": supervision_opinions.allowed(act, one),
            }
        )
    return shown


def _point(opinion: SupervisionOpinion, name: str) -> dict[str, Any]:
    return {
        "view": getattr(opinion, f"{name}_view"),
        "words": getattr(opinion, f"{name}_words"),
    }


def _reported(act: Act, report: PerformanceReport) -> dict[str, Any]:
    people_ids = {line.invitation.person_id for line in report.lines}
    names = people.names(act.session, people_ids)
    return {
        "id": report.id,
        "activity_id": report.activity_id,
        "activity_title": report.activity.title,
        "lines": [
            {
                "invitation_id": line.invitation_id,
                "supervisor": {
                    "id": line.invitation.person_id,
                    "name": names[line.invitation.person_id],
                },
                "attended": line.attended,
                "conduct": line.conduct,
                "remark": line.remark,
            }
            for line in report.lines
        ],
        "remark": report.remark,
        "reported_at": report.reported_at,
    }


_POINTS = ("facts", "evidence", "handling")
_WORDS_OF_IT = (
    "overall",
    "words",
    "case_number",
    "salt",
    "answer",
    "objection",
    "ruling_reasons",
)
_KEPT = (
    "id",
    "way",
    "state",
    "is_open",
    "procuratorate_id",
    "activity_id",
    "submitted_at",
    "sha256",
    "unsealed_at",
    "adoption",
    "outcome",
    "answered_at",
    "receipt_by_on",
    "receipted_at",
    "lapsed_at",
    "objected_at",
    "ruling",
    "decided_at",
    "version",
)
