"""Who is in a case, over HTTP: suspects added and identified, cases split, merged and linked."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.arrest_requests import NewSuspect
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, memberships
from services.arrest_requests.terms import DocumentKind, Measure
from services.cases import Case, CaseKind, CaseState, Identity
from services.kernel.act import Act
from services.memberships import LinkReason, SplitReason

blp = Blueprint(
    "memberships",
    __name__,
    url_prefix="/cases",
    description="Who is in a case, what they are known by, and which cases belong together.",
)

BIGGEST = 2**31 - 1
_ID = validate.Range(1, BIGGEST)
_TEXT = validate.Regexp(r"[^\x00]*\Z")
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
RELATIONS = (
    *(reason.value for reason in LinkReason),
    "split_from",
    "split_off",
    "merged_into",
    "merged_from",
)


class FormerIdentitySchema(Schema):
    """What a suspect was known by until something else was found out."""

    name = fields.String(required=True)
    name_self_reported = fields.Boolean(required=True)
    alias = fields.String(required=True, allow_none=True)
    document_kind = fields.Enum(DocumentKind, by_value=True, required=True)
    document_number = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    known_from = Instant(required=True)
    known_until = Instant(required=True)
    basis = fields.String(
        required=True, metadata={"description": "On what the identity rests that replaced it."}
    )
    by = fields.Nested(PersonSchema, required=True)


class MemberSchema(Schema):
    """A suspect of the case, and what the person was known by before."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_self_reported = fields.Boolean(required=True)
    alias = fields.String(required=True, allow_none=True)
    document_kind = fields.Enum(DocumentKind, by_value=True, required=True)
    document_number = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    measure = fields.Enum(Measure, by_value=True, required=True)
    flags = fields.List(fields.String(), required=True, metadata={"example": ["minor"]})
    known_since = Instant(required=True)
    earlier = fields.List(fields.Nested(FormerIdentitySchema), required=True)


class RelatedCaseSchema(Schema):
    """Another case that the reader may see, and how it belongs to this one."""

    id = fields.Integer(required=True, attribute="case.id")
    kind = fields.Enum(CaseKind, by_value=True, required=True, attribute="case.kind")
    number = fields.String(
        required=True, attribute="case.number", metadata={"example": "云青检诉受〔2026〕12号"}
    )
    state = fields.Enum(CaseState, by_value=True, required=True, attribute="case.state")
    relation = fields.String(required=True, attribute="kind", validate=validate.OneOf(RELATIONS))


class LinkedSchema(Schema):
    """The cases that belong to one, after one more was linked."""

    related = fields.List(fields.Nested(RelatedCaseSchema), required=True)


class MembershipSchema(Schema):
    """Who is in a case, and which cases belong to it."""

    case_id = fields.Integer(required=True)
    version = fields.Integer(required=True, metadata={"description": "The case's version."})
    suspects = fields.List(fields.Nested(MemberSchema), required=True)
    related = fields.List(fields.Nested(RelatedCaseSchema), required=True)
    allowed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the reader may do now.", "example": ["split", "link"]},
    )


class NewIdentity(Schema):
    """Who the suspect is found to be, and on what that rests."""

    name = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 100), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")),
        metadata={"example": "赵某"},
    )
    name_self_reported = fields.Boolean(load_default=False)
    alias = fields.String(load_default="", validate=validate.And(validate.Length(0, 100), _TEXT))
    document_kind = fields.Enum(DocumentKind, by_value=True, load_default=DocumentKind.NONE)
    document_number = fields.String(
        load_default="", validate=validate.And(validate.Length(0, 50), _TEXT)
    )
    born_on = fields.Date(load_default=None, allow_none=True, metadata={"example": "1990-05-01"})
    basis = fields.String(required=True, validate=_WORDS)

    @post_load
    def identity(self, given: dict[str, Any], **_: Any) -> tuple[Identity, str]:
        """Plain values, and the basis apart."""
        basis = given.pop("basis")
        return Identity(**given), basis


class NewSplit(Schema):
    """Who gets a case of their own, and why."""

    suspect_ids = fields.List(
        fields.Integer(strict=True, validate=_ID),
        required=True,
        validate=validate.Length(1, 100),
        metadata={"example": [12]},
    )
    reason = fields.Enum(SplitReason, by_value=True, required=True)


class NewMerger(Schema):
    """The earlier case into which this one goes over."""

    into_id = fields.Integer(required=True, strict=True, validate=_ID)


class NewLink(Schema):
    """The other case, and why the two belong together."""

    other_id = fields.Integer(required=True, strict=True, validate=_ID)
    reason = fields.Enum(LinkReason, by_value=True, required=True)


def shown(act: Act, case: Case) -> dict[str, Any]:
    """Who is in the case, as this reader may see it."""
    act.session.flush()
    names = cases.names_of(act, [one.id for one in case.suspects])
    return {
        "case_id": case.id,
        "version": case.version,
        "suspects": [
            {name: getattr(suspect, name) for name in _PLAIN}
            | {
                "known_since": earlier[-1].known_until if earlier else suspect.received_at,
                "earlier": earlier,
            }
            for suspect in case.suspects
            for earlier in [names[suspect.id]]
        ],
        "related": memberships.links_of(act, case),
        "allowed": memberships.allowed(act, case),
    }


_PLAIN = tuple(name for name in MemberSchema().fields if name not in {"known_since", "earlier"})


@blp.route("/<int:case_id>/membership")
class Membership(Resource):
    """Who is in a case."""

    @blp.response(200, MembershipSchema)
    def get(self, case_id: int) -> dict[str, Any]:
        """Read who is in a case, what they were known by, and which cases belong to it."""
        return shown(self.act, cases.find(self.act, case_id))


@blp.route("/<int:case_id>/suspects")
class Suspects(Resource):
    """Suspects found later."""

    @blp.arguments(NewSuspect)
    @blp.response(201, MembershipSchema)
    def post(self, given: Any, case_id: int) -> dict[str, Any]:
        """Add a suspect who was found later, also an unidentified one; the own periods begin."""
        case = self.expect(cases.find(self.act, case_id))
        memberships.add_suspect(self.act, case, given)
        return shown(self.act, case)


@blp.route("/<int:case_id>/suspects/<int:suspect_id>/identity")
class SuspectIdentity(Resource):
    """Who a suspect is."""

    @blp.arguments(NewIdentity)
    @blp.response(200, MembershipSchema)
    def put(self, given: tuple[Identity, str], case_id: int, suspect_id: int) -> dict[str, Any]:
        """Establish who a suspect is; what was known before stays on record."""
        case = self.expect(cases.find(self.act, case_id))
        identity, basis = given
        memberships.identify(self.act, case, suspect_id=suspect_id, identity=identity, basis=basis)
        return shown(self.act, case)


@blp.route("/<int:case_id>/splits")
class Splits(Resource):
    """Suspects who get a case of their own."""

    @blp.arguments(NewSplit)
    @blp.response(201, MembershipSchema)
    def post(self, given: dict[str, Any], case_id: int) -> dict[str, Any]:
        """Give some suspects a case of their own; answers with the new case."""
        case = self.expect(cases.find(self.act, case_id))
        return shown(self.act, memberships.split(self.act, case, **given))


@blp.route("/<int:case_id>/merger")
class Merger(Resource):
    """A case that goes over into an earlier one."""

    @blp.arguments(NewMerger)
    @blp.response(200, MembershipSchema)
    def put(self, given: dict[str, Any], case_id: int) -> dict[str, Any]:
        """Let the case go over into an earlier one; answers with that one."""
        case = self.expect(cases.find(self.act, case_id))
        into = cases.find(self.act, given["into_id"])
        return shown(self.act, memberships.merge(self.act, case, into=into))


@blp.route("/<int:case_id>/links")
class Links(Resource):
    """Cases that belong together."""

    @blp.arguments(NewLink)
    @blp.response(201, LinkedSchema)
    def post(self, given: dict[str, Any], case_id: int) -> dict[str, Any]:
        """Say that this case and another one belong together; the reader sees both."""
        case = cases.find(self.act, case_id)
        other = cases.find(self.act, given["other_id"])
        memberships.link(self.act, case, other, reason=given["reason"])
        return {"related": memberships.links_of(self.act, case)}
