"""Consultations over HTTP: early intervention, consultation before an arrest, how to supplement."""

from collections.abc import Collection, Sequence
from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.orm import joinedload, selectinload

from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_requests, cases, consultations, people
from services.arrest_requests.terms import Extension
from services.consultations import (
    Consultation,
    ConsultationForm,
    ConsultationGround,
    ConsultationKind,
    ConsultationOrigin,
    ConsultationSide,
    ConsultationState,
    Matter,
    SuspectSketch,
    Wanted,
    practice,
)
from services.consultations.practice import ConsultationPractice
from services.kernel.act import Act

blp = Blueprint(
    "consultations",
    __name__,
    description="Early intervention and consultation with the organ that investigates (RULES 256).",
)

MOST_SUSPECTS, MOST_EVIDENCE = 50, 50
_SOME = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")


def _words(most: int, example: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.And(validate.Length(1, most), _SOME),
        metadata={"example": example},
    )


_ID = validate.Range(1, 2**31 - 1)


def _id(words: str) -> fields.Integer:
    return fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": words, "example": None},
    )


def _asked(words: str) -> fields.Integer:
    return fields.Integer(load_default=None, validate=_ID, metadata={"description": words})


# --- what comes in --------------------------------------------------------------------------


class NewSuspectSketch(Schema):
    """Somebody suspected, by initials or an alias; nobody need be identified."""

    label = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={
            "description": "Initials or an alias; empty if unknown.",
            "example": "Z某（阿强）",
        },
    )
    detained_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "When the detention began; null if not detained."},
    )
    detention_extended_to = fields.Enum(Extension, by_value=True, load_default=Extension.NONE)

    @post_load
    def sketch(self, given: dict[str, Any], **_: Any) -> SuspectSketch:
        """Plain values."""
        return SuspectSketch(**given)


_SUSPECTS = fields.List(
    fields.Nested(NewSuspectSketch),
    load_default=list,
    validate=validate.Length(max=MOST_SUSPECTS),
)


class MatterSchema(Schema):
    """What is to be spoken of."""

    title = _words(200, "“3·02”系列电信诈骗案")
    account = _words(20_000, "2026年2月以来，多名被害人被冒充客服人员骗取钱款，涉案人员较多。")
    document_number = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={"description": "The organ's own number.", "example": "云公青刑立字〔2026〕31号"},
    )
    ground = fields.Enum(
        ConsultationGround,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Early intervention needs one (RULES 256)."},
    )
    form = fields.Enum(ConsultationForm, by_value=True, required=True)
    suspects = _SUSPECTS


def _matter(given: dict[str, Any]) -> Matter:
    return Matter(**given | {"suspects": tuple(given["suspects"])})


class NewConsultation(MatterSchema):
    """An invitation by the organ that investigates."""

    kind = fields.Enum(ConsultationKind, by_value=True, required=True)
    office_id = _id("The organ that invites, for officers of several organs.")
    case_id = _id("The case, where the question is how to supplement it.")


class NewConsultationOffer(MatterSchema):
    """Early intervention that the procuratorate deems necessary."""

    office_id = fields.Integer(
        strict=True,
        required=True,
        validate=_ID,
        metadata={"description": "The public-security organ that investigates.", "example": 4},
    )


class NewConsultationSuspects(Schema):
    """Everybody suspected, as it is to stand from now on."""

    suspects = fields.List(
        fields.Nested(NewSuspectSketch), required=True, validate=validate.Length(max=MOST_SUSPECTS)
    )


class NamedProsecutor(Schema):
    """Who takes part."""

    handler_id = fields.Integer(strict=True, required=True, validate=_ID, metadata={"example": 12})


class NewConsultationRefusal(Schema):
    """Why the procuratorate does not take part."""

    reason = _words(2_000, "本案事实清楚、证据充分，可以直接提请批准逮捕。")


class NewConsultationView(Schema):
    """What one side says."""

    words = _words(20_000, "建议先行固定电子数据，再对主要嫌疑人采取强制措施。")


class NewEvidence(Schema):
    """A piece of evidence to collect."""

    what = _words(500, "涉案银行账户二〇二六年一月以来的交易明细")
    purpose = fields.String(
        load_default="",
        validate=validate.Length(max=1_000),
        metadata={"description": "What it is to prove.", "example": "证明资金流向及涉案金额"},
    )

    @post_load
    def wanted(self, given: dict[str, Any], **_: Any) -> Wanted:
        """Plain values."""
        return Wanted(given["what"].strip(), given["purpose"].strip())


class NewConsultationOpinion(Schema):
    """A written opinion, and the evidence it asks for."""

    words = _words(20_000, "本案可能构成诈骗罪。现有证据尚不能证明主要嫌疑人的主观明知。")
    evidence = fields.List(
        fields.Nested(NewEvidence), load_default=list, validate=validate.Length(max=MOST_EVIDENCE)
    )


class NewCollection(Schema):
    """A piece of evidence has been collected."""

    note = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.And(validate.Length(1, 1_000), _SOME),
        metadata={"example": "已调取，共三十二页。"},
    )


class NewConsultationConclusion(Schema):
    """What both sides came to, or where they differ."""

    words = _words(20_000, "双方一致认为应当补充收集电子数据后提请批准逮捕。")


class NewConsultationLink(Schema):
    """The request that followed."""

    arrest_request_id = fields.Integer(
        strict=True, required=True, validate=_ID, metadata={"example": 31}
    )


class ConsultationQuery(PageQuery):
    """Which consultations."""

    state = fields.Enum(ConsultationState, by_value=True, load_default=None)
    kind = fields.Enum(ConsultationKind, by_value=True, load_default=None)
    arrest_request_id = _asked("Those that this request followed.")
    case_id = _asked("Those about this case.")
    before_request_id = _asked("Those that this request may have followed, not linked yet.")


class PracticeQuery(Schema):
    """Whose practice."""

    procuratorate_id = _asked("Which procuratorate; by default one's own, or one's organ's.")


# --- what goes out --------------------------------------------------------------------------


class LastDaySchema(Schema):
    """Until when the arrest of a detained person is to be asked for (CPL 91), as computed."""

    rule_id = fields.String(required=True, metadata={"example": "D04"})
    due_on = fields.Date(required=True, allow_none=True)
    outer_on = fields.Date(required=True, allow_none=True)


class ConsultationSuspectSchema(Schema):
    """Somebody suspected."""

    label = fields.String(required=True, metadata={"example": "Z某（阿强）"})
    detained_at = Instant(required=True, allow_none=True)
    detention_extended_to = fields.Enum(Extension, by_value=True, required=True)
    ask_by = fields.Nested(LastDaySchema, required=True, allow_none=True)


class ConsultationViewSchema(Schema):
    """What one side said."""

    id = fields.Integer(required=True)
    side = fields.Enum(ConsultationSide, by_value=True, required=True)
    by = fields.Nested(PersonSchema, required=True)
    at = Instant(required=True)
    words = fields.String(required=True)


class ConsultationEvidenceSchema(Schema):
    """A piece of evidence that is asked for."""

    id = fields.Integer(required=True)
    what = fields.String(required=True)
    purpose = fields.String(required=True, allow_none=True)
    done_at = Instant(required=True, allow_none=True)
    done_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    done_note = fields.String(required=True, allow_none=True)


class ConsultationOpinionSchema(Schema):
    """A written opinion with the evidence it asks for."""

    id = fields.Integer(required=True)
    by = fields.Nested(PersonSchema, required=True)
    at = Instant(required=True)
    words = fields.String(required=True)
    evidence = fields.List(fields.Nested(ConsultationEvidenceSchema), required=True)


class ConsultationBriefSchema(Schema):
    """A consultation in a list."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ConsultationKind, by_value=True, required=True)
    origin = fields.Enum(ConsultationOrigin, by_value=True, required=True)
    state = fields.Enum(ConsultationState, by_value=True, required=True)
    title = fields.String(required=True, metadata={"example": "“3·02”系列电信诈骗案"})
    document_number = fields.String(required=True, allow_none=True)
    office = fields.Nested(OfficeBriefSchema, required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    form = fields.Enum(ConsultationForm, by_value=True, required=True)
    ground = fields.Enum(ConsultationGround, by_value=True, required=True, allow_none=True)
    invited_at = Instant(required=True)
    prosecutor = fields.Nested(
        PersonSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Who takes part; a hint for a later assignment, never a rule."},
    )
    ask_by = fields.Nested(
        LastDaySchema,
        required=True,
        allow_none=True,
        metadata={"description": "The first last day of those who are detained."},
    )
    case_id = fields.Integer(required=True, allow_none=True)
    arrest_request_id = fields.Integer(required=True, allow_none=True)


class LinkableRequestSchema(Schema):
    """A request of the organ that may have followed."""

    id = fields.Integer(required=True)
    document_number = fields.String(required=True)
    received_at = Instant(required=True)


class ConsultationSchema(ConsultationBriefSchema):
    """A consultation with all that was said in it."""

    version = fields.Integer(required=True)
    account = fields.String(required=True)
    invited_by = fields.Nested(PersonSchema, required=True)
    answered_at = Instant(required=True, allow_none=True)
    answered_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    decline_reason = fields.String(required=True, allow_none=True)
    conclusion = fields.String(required=True, allow_none=True)
    concluded_at = Instant(required=True, allow_none=True)
    linked_at = Instant(required=True, allow_none=True)
    suspects = fields.List(fields.Nested(ConsultationSuspectSchema), required=True)
    views = fields.List(fields.Nested(ConsultationViewSchema), required=True)
    opinions = fields.List(fields.Nested(ConsultationOpinionSchema), required=True)
    linkable = fields.List(
        fields.Nested(LinkableRequestSchema),
        required=True,
        metadata={"description": "Requests since, which the reader may link."},
    )
    allowed = fields.List(
        fields.String(validate=validate.OneOf(sorted(consultations.STEPS))),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["speak"]},
    )


class ConsultationPracticeSchema(Schema):
    """What a procuratorate offers; version 0 is what holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    pre_arrest = fields.Boolean(required=True)
    remote = fields.Boolean(required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


class NewConsultationPractice(Schema):
    """What this procuratorate offers from now on."""

    pre_arrest = fields.Boolean(required=True)
    remote = fields.Boolean(required=True)


# --- the doors ------------------------------------------------------------------------------


@blp.route("/consultations")
class Consultations(Resource):
    """Consultations."""

    @blp.arguments(ConsultationQuery, location="query")
    @blp.response(200, page_of(ConsultationBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the consultations that the reader may see, the newest first."""
        before_id = query.pop("before_request_id")
        chosen = (
            consultations.visible(self.act)
            if before_id is None
            else consultations.before(self.act, before_id)
        ).options(
            joinedload(Consultation.office),
            joinedload(Consultation.procuratorate),
            selectinload(Consultation.suspects),
        )
        for name in ("state", "kind", "arrest_request_id", "case_id"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Consultation, name) == query[name])
        found = page(self.act.session, chosen, Consultation.id.desc(), **query)
        return Page(_listed(self.act, found.items), found.next_cursor)

    @blp.arguments(NewConsultation)
    @blp.response(201, ConsultationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Invite the procuratorate to a consultation."""
        kind, case_id = given.pop("kind"), given.pop("case_id")
        organ = consultations.organ_of(self.act, given.pop("office_id"))
        case = None if case_id is None else cases.find(self.act, case_id)
        begun = consultations.invite(self.act, organ, _matter(given), kind=kind, case=case)
        return shown(self.act, begun)


@blp.route("/consultation-offers")
class ConsultationOffers(Resource):
    """What the procuratorate deems necessary."""

    @blp.arguments(NewConsultationOffer)
    @blp.response(201, ConsultationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Offer an organ early intervention."""
        office = consultations.addressed(self.act, given.pop("office_id"))
        return shown(self.act, consultations.offer(self.act, office, _matter(given)))


@blp.route("/consultations/<int:consultation_id>")
class OneConsultation(Resource):
    """One consultation."""

    @blp.response(200, ConsultationSchema)
    def get(self, consultation_id: int) -> dict[str, Any]:
        """Read a consultation."""
        return shown(self.act, consultations.find(self.act, consultation_id))


@blp.route("/consultations/<int:consultation_id>/suspects")
class ConsultationSuspects(Resource):
    """Who is suspected, and detained."""

    @blp.arguments(NewConsultationSuspects)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Say anew who is suspected, and who has been detained."""
        found = self.expect(consultations.find(self.act, consultation_id))
        return shown(self.act, consultations.restate_suspects(self.act, found, given["suspects"]))


@blp.route("/consultations/<int:consultation_id>/acceptance")
class ConsultationAcceptance(Resource):
    """Taking part."""

    @blp.arguments(NamedProsecutor)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Name the prosecutor who takes part."""
        found = self.expect(consultations.find(self.act, consultation_id))
        return shown(self.act, consultations.accept(self.act, found, **given))


@blp.route("/consultations/<int:consultation_id>/prosecutor")
class ConsultationProsecutor(Resource):
    """Who takes part."""

    @blp.arguments(NamedProsecutor)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Name another prosecutor."""
        found = self.expect(consultations.find(self.act, consultation_id))
        return shown(self.act, consultations.hand_over(self.act, found, **given))


@blp.route("/consultations/<int:consultation_id>/refusal")
class ConsultationRefusal(Resource):
    """Not taking part."""

    @blp.arguments(NewConsultationRefusal)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Decline to take part, with the reason."""
        found = self.expect(consultations.find(self.act, consultation_id))
        return shown(self.act, consultations.decline(self.act, found, **given))


@blp.route("/consultations/<int:consultation_id>/views")
class ConsultationViews(Resource):
    """What both sides say."""

    @blp.arguments(NewConsultationView)
    @blp.response(201, ConsultationSchema)
    def post(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Put the view of one's side on record."""
        found = self.expect(consultations.find(self.act, consultation_id))
        consultations.speak(self.act, found, **given)
        return shown(self.act, found)


@blp.route("/consultations/<int:consultation_id>/opinions")
class ConsultationOpinions(Resource):
    """What the prosecutor advises."""

    @blp.arguments(NewConsultationOpinion)
    @blp.response(201, ConsultationSchema)
    def post(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Give a written opinion, and say which evidence to collect."""
        found = self.expect(consultations.find(self.act, consultation_id))
        consultations.opine(self.act, found, **given)
        return shown(self.act, found)


@blp.route("/consultations/<int:consultation_id>/evidence/<int:evidence_id>/collection")
class ConsultationCollection(Resource):
    """What has been collected."""

    @blp.arguments(NewCollection)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int, evidence_id: int) -> dict[str, Any]:
        """Mark a piece of evidence as collected."""
        found = self.expect(consultations.find(self.act, consultation_id))
        consultations.collect(self.act, found, evidence_id, **given)
        return shown(self.act, found)


@blp.route("/consultations/<int:consultation_id>/conclusion")
class ConsultationConclusion(Resource):
    """The end of it."""

    @blp.arguments(NewConsultationConclusion)
    @blp.response(200, ConsultationSchema)
    def put(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Conclude a consultation."""
        found = self.expect(consultations.find(self.act, consultation_id))
        return shown(self.act, consultations.conclude(self.act, found, **given))


@blp.route("/consultations/<int:consultation_id>/link")
class ConsultationLink(Resource):
    """What followed."""

    @blp.arguments(NewConsultationLink)
    @blp.response(201, ConsultationSchema)
    def post(self, given: dict[str, Any], consultation_id: int) -> dict[str, Any]:
        """Say which request for approval of arrest followed."""
        found = self.expect(consultations.find(self.act, consultation_id))
        request = arrest_requests.find(self.act, given["arrest_request_id"])
        return shown(self.act, consultations.link(self.act, found, request))


@blp.route("/consultation-practice")
class OneConsultationPractice(Resource):
    """What a procuratorate offers."""

    @blp.arguments(PracticeQuery, location="query")
    @blp.response(200, ConsultationPracticeSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read which consultations a procuratorate offers."""
        return _practised(self.act, practice.find(self.act, **query))

    @blp.arguments(PracticeQuery, location="query")
    @blp.arguments(NewConsultationPractice)
    @blp.response(200, ConsultationPracticeSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say which consultations one's procuratorate offers."""
        found = self.expect(practice.find(self.act, **query))
        return _practised(self.act, practice.change(self.act, found, **given))


# --- how it is shown ------------------------------------------------------------------------

_BRIEF = (
    "id",
    "kind",
    "origin",
    "state",
    "title",
    "document_number",
    "office",
    "procuratorate",
    "form",
    "ground",
    "invited_at",
    "case_id",
    "arrest_request_id",
)
_WHOLE = (
    *_BRIEF,
    "version",
    "account",
    "answered_at",
    "decline_reason",
    "conclusion",
    "concluded_at",
    "linked_at",
)
Names = dict[int, str]


def shown(act: Act, one: Consultation) -> dict[str, Any]:
    """The consultation as this reader may see it."""
    act.session.flush()
    act.session.expire(one, ["later_handler_ids", "recused_ids"])
    people_in_it = [one.invited_by, one.answered_by, one.handler_id]
    people_in_it += [view.by_id for view in one.views]
    people_in_it += [opinion.by_id for opinion in one.opinions]
    people_in_it += [item.done_by for item in one.evidence]
    names = people.names(act.session, {each for each in people_in_it if each is not None})
    return {name: getattr(one, name) for name in _WHOLE} | {
        "prosecutor": _named(names, one.handler_id),
        "invited_by": _named(names, one.invited_by),
        "answered_by": _named(names, one.answered_by),
        "ask_by": consultations.earliest(act, one.suspects),
        "suspects": [
            {
                "label": each.label,
                "detained_at": each.detained_at,
                "detention_extended_to": each.detention_extended_to,
                "ask_by": consultations.last_day(act, each),
            }
            for each in one.suspects
        ],
        "views": [
            {
                "id": view.id,
                "side": view.side,
                "by": _named(names, view.by_id),
                "at": view.at,
                "words": view.words,
            }
            for view in one.views
        ],
        "opinions": [
            {
                "id": opinion.id,
                "by": _named(names, opinion.by_id),
                "at": opinion.at,
                "words": opinion.words,
                "evidence": _asked_for(names, one, opinion.id),
            }
            for opinion in one.opinions
        ],
        "linkable": consultations.linkable(act, one),
        "allowed": consultations.allowed(act, one),
    }


def _asked_for(names: Names, one: Consultation, opinion_id: int) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "what": item.what,
            "purpose": item.purpose,
            "done_at": item.done_at,
            "done_by": _named(names, item.done_by),
            "done_note": item.done_note,
        }
        for item in one.evidence
        if item.opinion_id == opinion_id
    ]


def _listed(act: Act, found: Sequence[Consultation]) -> list[dict[str, Any]]:
    """A page of them in few queries."""
    ids: Collection[int] = {one.handler_id for one in found if one.handler_id is not None}
    names = people.names(act.session, ids)
    return [
        {name: getattr(one, name) for name in _BRIEF}
        | {
            "prosecutor": _named(names, one.handler_id),
            "ask_by": consultations.earliest(act, one.suspects),
        }
        for one in found
    ]


def _practised(act: Act, found: ConsultationPractice) -> dict[str, Any]:
    act.session.flush()
    by_id = found.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    return {
        name: getattr(found, name)
        for name in ("procuratorate_id", "pre_arrest", "remote", "set_at", "version")
    } | {"set_by": _named(names, by_id)}


def _named(names: Names, person_id: int | None) -> dict[str, Any] | None:
    return None if person_id is None else {"id": person_id, "name": names[person_id]}
