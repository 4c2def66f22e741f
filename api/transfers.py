"""Transfers for prosecution over HTTP (移送起诉, 案件网上移送)."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.orm import joinedload, selectinload

from api.arrest_requests import AcceptanceChecksSchema, NewSuspect
from api.cases import CaseSchema
from api.cases import shown as case_shown
from api.offices import OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import cases, transfers
from services.arrest_requests.terms import Measure
from services.cases import Case, CaseList
from services.kernel.act import Act
from services.transfers import (
    NamedSuspect,
    Transfer,
    TransferDraft,
    TransferredSuspect,
    TransferSource,
    TransferState,
)

blp = Blueprint(
    "transfers",
    __name__,
    url_prefix="/transfers",
    description="Cases transferred for prosecution, until they are accepted.",
)
BIGGEST = 2**31 - 1
_SOME = validate.Regexp(r"[^\x00]*\S[^\x00]*\Z")


class NewTransferredSuspect(Schema):
    """One suspect: known from the arrest case by id, or put forward with all details."""

    suspect_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, BIGGEST)
    )
    new = fields.Nested(NewSuspect, load_default=None, allow_none=True, metadata={"example": None})
    at_large = fields.Boolean(load_default=False)
    pleads = fields.Boolean(load_default=False)
    measure = fields.Enum(
        Measure, by_value=True, load_default=None, allow_none=True, metadata={"example": None}
    )
    charge_ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, BIGGEST)),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"example": []},
    )

    @post_load
    def named(self, given: dict[str, Any], **_: Any) -> NamedSuspect:
        """Plain values."""
        return NamedSuspect(**given | {"charge_ids": tuple(given["charge_ids"])})


class NewTransfer(Schema):
    """A transfer for prosecution with its prosecution opinion (起诉意见书)."""

    office_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, BIGGEST),
        metadata={"description": "The organ that transfers, for officers of several organs."},
    )
    document_number = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 100), _SOME),
        metadata={"example": "云公青诉字〔2026〕31号"},
    )
    document_on = fields.Date(required=True)
    facts = fields.String(required=True, validate=validate.And(validate.Length(1, 20_000), _SOME))
    major_or_complex = fields.Boolean(load_default=False)
    expedited_proposed = fields.Boolean(load_default=False)
    suspects = fields.List(
        fields.Nested(NewTransferredSuspect), required=True, validate=validate.Length(1, 100)
    )

    @post_load
    def draft(self, given: dict[str, Any], **_: Any) -> tuple[int | None, TransferDraft]:
        """The organ that is named, and plain values."""
        office_id = given.pop("office_id")
        return office_id, TransferDraft(**given | {"suspects": tuple(given["suspects"])})


class TransferredSuspectSchema(Schema):
    """One suspect of a transfer."""

    suspect_id = fields.Integer(required=True)
    name = fields.String(required=True, attribute="suspect.name")
    measure = fields.Enum(Measure, by_value=True, required=True, attribute="suspect.measure")
    at_large = fields.Boolean(required=True)
    pleads = fields.Boolean(required=True)


class TransferBriefSchema(Schema):
    """A transfer in a list."""

    id = fields.Integer(required=True)
    state = fields.Enum(TransferState, by_value=True, required=True)
    source = fields.Enum(TransferSource, by_value=True, required=True)
    document_number = fields.String(required=True)
    document_on = fields.Date(required=True)
    received_at = Instant(required=True)
    office = fields.Nested(OfficeBriefSchema, required=True)
    procuratorate = fields.Nested(OfficeBriefSchema, required=True)
    suspects = fields.List(
        fields.Nested(TransferredSuspectSchema), required=True, attribute="named"
    )


class TransferSchema(TransferBriefSchema):
    """A transfer for prosecution."""

    version = fields.Integer(required=True)
    facts = fields.String(required=True)
    major_or_complex = fields.Boolean(required=True)
    expedited_proposed = fields.Boolean(required=True)
    supplement_wanted = fields.String(required=True, allow_none=True)
    supplement_sent = fields.String(required=True, allow_none=True)
    case_id = fields.Integer(required=True, allow_none=True)
    allowed = fields.List(fields.String(), required=True, metadata={"example": ["accept"]})


class TransferQuery(PageQuery):
    """Which transfers."""

    state = fields.Enum(TransferState, by_value=True, load_default=None)


class NewTransferSupplementRequest(Schema):
    """What is missing."""

    wanted = fields.String(required=True, validate=validate.And(validate.Length(1, 2_000), _SOME))


class NewTransferSupplement(Schema):
    """What was sent after."""

    sent = fields.String(required=True, validate=validate.And(validate.Length(1, 2_000), _SOME))


class NewTransferAcceptance(Schema):
    """Acceptance as a prosecution case."""

    list = fields.Enum(CaseList, by_value=True, required=True)
    checks = fields.Nested(AcceptanceChecksSchema, required=True)


def shown(act: Act, transfer: Transfer) -> dict[str, Any]:
    """The transfer as this reader may see it."""
    act.session.flush()
    mine = cases.visible(act).where(Case.transfer_id == transfer.id).with_only_columns(Case.id)
    brief = {name: getattr(transfer, name) for name in _PLAIN}
    return brief | {
        "case_id": act.session.scalar(mine.order_by(Case.id).limit(1)),
        "allowed": transfers.allowed(act, transfer),
    }


_PLAIN = (
    *(name for name in TransferBriefSchema().fields if name != "suspects"),
    "named",
    "version",
    "facts",
    "major_or_complex",
    "expedited_proposed",
    "supplement_wanted",
    "supplement_sent",
)


@blp.route("")
class Transfers(Resource):
    """The transfers one may see."""

    @blp.arguments(TransferQuery, location="query")
    @blp.response(200, page_of(TransferBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[Transfer]:
        """List the transfers that the reader may see, the newest first."""
        chosen = transfers.visible(self.act).options(
            joinedload(Transfer.office),
            joinedload(Transfer.procuratorate),
            selectinload(Transfer.named).joinedload(TransferredSuspect.suspect),
        )
        if query["state"] is not None:
            chosen = chosen.where(Transfer.state == query["state"])
        return page(self.act.session, chosen, Transfer.id.desc(), **query)

    @blp.arguments(NewTransfer)
    @blp.response(201, TransferSchema)
    def post(self, given: tuple[int | None, TransferDraft]) -> dict[str, Any]:
        """Transfer a case for prosecution."""
        office_id, draft = given
        sender = transfers.sender_of(self.act, office_id)
        return shown(self.act, transfers.submit(self.act, sender, draft))


@blp.route("/<int:transfer_id>")
class OneTransfer(Resource):
    """One transfer."""

    @blp.response(200, TransferSchema)
    def get(self, transfer_id: int) -> dict[str, Any]:
        """Read a transfer for prosecution."""
        return shown(self.act, transfers.find(self.act, transfer_id))


@blp.route("/<int:transfer_id>/supplement-request")
class TransferSupplementRequest(Resource):
    """What is missing."""

    @blp.arguments(NewTransferSupplementRequest)
    @blp.response(200, TransferSchema)
    def put(self, given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
        """Ask the organ for what is missing from a transfer."""
        transfer = self.expect(transfers.find(self.act, transfer_id))
        return shown(self.act, transfers.request_supplement(self.act, transfer, **given))


@blp.route("/<int:transfer_id>/supplement")
class TransferSupplement(Resource):
    """What was sent after."""

    @blp.arguments(NewTransferSupplement)
    @blp.response(200, TransferSchema)
    def put(self, given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
        """Say what was sent after a transfer."""
        transfer = self.expect(transfers.find(self.act, transfer_id))
        return shown(self.act, transfers.supplement(self.act, transfer, **given))


@blp.route("/<int:transfer_id>/acceptance")
class TransferAcceptance(Resource):
    """Acceptance as a case."""

    @blp.arguments(NewTransferAcceptance)
    @blp.response(200, CaseSchema)
    def put(self, given: dict[str, Any], transfer_id: int) -> dict[str, Any]:
        """Accept a transfer as a prosecution case, under its number."""
        transfer = self.expect(transfers.find(self.act, transfer_id))
        case = cases.accept_transfer(
            self.act, transfer, list_=given["list"], checks=given["checks"]
        )
        self.act.session.flush()
        return case_shown(self.act, case)
