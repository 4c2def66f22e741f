"""Reading packets over HTTP: chosen, covered, looked at, and read page by page on one phone."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload, undefer

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, packets, people
from services.activities import Activity
from services.cases import Case
from services.kernel.act import Act
from services.packets import (
    FLOW,
    Contents,
    MaskReason,
    NewPacketDocument,
    NewPacketPerson,
    Packet,
    PacketDocument,
    PacketMask,
    PacketPage,
    PacketRole,
    PacketState,
    PacketView,
    ShownPage,
    SourceKind,
    ViewForm,
)
from services.policy import Permission, allows

blp = Blueprint(
    "packets",
    __name__,
    url_prefix="/packets",
    description="Reading packets (监督材料): what invited supervisors may read, and how long.",
)

_ID = validate.Range(1, 2**31 - 1)
_WORDS = validate.And(validate.Length(1, 2000), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))
_NAME = validate.And(
    validate.Length(2, 40), validate.Regexp(r"[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*\Z")
)


# --- what comes in --------------------------------------------------------------------------


class PacketQuery(PageQuery):
    """Which packets."""

    activity_id = fields.Integer(load_default=None, validate=_ID)
    state = fields.Enum(PacketState, by_value=True, load_default=None)


class NewPacket(Schema):
    """For which activity."""

    activity_id = fields.Integer(strict=True, required=True, validate=_ID)


class NewPacketDocumentSchema(Schema):
    """A paper of the case, or words that are typed or pasted."""

    source = fields.Enum(SourceKind, by_value=True, required=True, metadata={"example": "words"})
    source_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={
            "description": "Of the attachment, the arrest review, the proposal or the record of "
            "interrogation.",
            "example": None,
        },
    )
    title = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Of a paper its own unless given.", "example": "案件基本情况"},
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=120_000),
        metadata={"example": "犯罪嫌疑人赵某多次在商场窃取手机，拟作不起诉决定。"},
    )

    @post_load
    def document(self, given: dict[str, Any], **_: Any) -> NewPacketDocument:
        """Plain values."""
        return NewPacketDocument(**given)


class NewPacketPersonSchema(Schema):
    """Whose names are covered beside those whom the case knows."""

    role = fields.Enum(PacketRole, by_value=True, required=True, metadata={"example": "victim"})
    names = fields.List(
        fields.String(validate=_NAME),
        required=True,
        validate=validate.Length(1, 10),
        metadata={"description": "The name and every alias.", "example": ["钱某芳"]},
    )
    minor = fields.Boolean(load_default=False, metadata={"example": False})

    @post_load
    def person(self, given: dict[str, Any], **_: Any) -> NewPacketPerson:
        """Plain values."""
        return NewPacketPerson(given["role"], tuple(given["names"]), given["minor"])


class NewPacketMask(Schema):
    """What is to be covered: a piece of a document, or a word wherever it stands."""

    document_id = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=_ID, metadata={"example": None}
    )
    starts = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, 200_000),
        metadata={"description": "The first character that is covered, from 0."},
    )
    ends = fields.Integer(
        strict=True,
        load_default=0,
        validate=validate.Range(0, 200_000),
        metadata={"description": "The first character that is not covered any more."},
    )
    word = fields.String(
        load_default=None, allow_none=True, validate=_NAME, metadata={"example": "青澜商场"}
    )

    @validates_schema
    def _one_of_both(self, given: dict[str, Any], **_: object) -> None:
        if (given.get("word") is None) == (given.get("document_id") is None):
            raise ValidationError({"word": ["Missing data for required field."]})


class NewPacketLifting(Schema):
    """Why a piece is shown."""

    because = fields.String(
        required=True, validate=_WORDS, metadata={"example": "系商场名称，不涉及个人信息。"}
    )


class NewPacketRelease(Schema):
    """The window in which it is read."""

    open_from = Instant(required=True, metadata={"example": "2026-03-10T01:00:00Z"})
    open_until = Instant(required=True, metadata={"example": "2026-03-12T09:00:00Z"})


class NewPacketWithdrawal(Schema):
    """Why it is taken back."""

    because = fields.String(
        required=True, validate=_WORDS, metadata={"example": "材料选取有误，重新准备。"}
    )


# --- what goes out --------------------------------------------------------------------------


class PacketSchema(Schema):
    """A packet; nothing of its words."""

    id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True)
    activity_title = fields.String(required=True, metadata={"example": "拟不起诉案件公开审查"})
    state = fields.Enum(PacketState, by_value=True, required=True)
    pages = fields.Integer(required=True, metadata={"description": "0 until it is confirmed."})
    open_from = Instant(required=True, allow_none=True)
    open_until = Instant(required=True, allow_none=True)
    expires_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Until then a phone may keep what it has read."},
    )
    wipe = fields.Boolean(
        required=True, metadata={"description": "A phone wipes whatever it has kept of it."}
    )
    may_read = fields.Boolean(
        required=True, metadata={"description": "The reader is one for whom it was released."}
    )
    may_prepare = fields.Boolean(required=True)
    may_check = fields.Boolean(
        required=True, metadata={"description": "The reader may look at it now, and confirm."}
    )
    may_release = fields.Boolean(required=True)
    may_withdraw = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class PacketMaskSchema(Schema):
    """A piece that is covered, by rule or by eye."""

    id = fields.Integer(required=True)
    starts = fields.Integer(required=True, metadata={"example": 6})
    ends = fields.Integer(required=True, metadata={"example": 8})
    reason = fields.Enum(MaskReason, by_value=True, required=True)
    shown = fields.String(required=True, metadata={"example": "甲某"})
    minor = fields.Boolean(
        required=True, metadata={"description": "It tells of a minor and is never lifted."}
    )
    by_eye = fields.Boolean(required=True)
    lifted_because = fields.String(required=True, allow_none=True)


class PacketDocumentSchema(Schema):
    """A document before and after; only for who prepares and checks."""

    id = fields.Integer(required=True)
    source = fields.Enum(SourceKind, by_value=True, required=True)
    words = fields.String(
        required=True, metadata={"description": "As chosen; its first line is the title."}
    )
    shown = fields.String(required=True, metadata={"description": "As readers would see it."})
    masks = fields.List(fields.Nested(PacketMaskSchema), required=True)


class PacketPersonSchema(Schema):
    """Somebody whose names are covered, and what stands in their place."""

    id = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"example": "甲某"})
    role = fields.Enum(PacketRole, by_value=True, required=True)
    names = fields.List(fields.String(), required=True, metadata={"example": ["赵某"]})
    minor = fields.Boolean(required=True)
    of_the_case = fields.Boolean(
        required=True, metadata={"description": "The case names this person; it is not taken out."}
    )


class PacketDraftSchema(Schema):
    """What was chosen and what of it is covered; never served to a reader."""

    id = fields.Integer(required=True)
    state = fields.Enum(PacketState, by_value=True, required=True)
    documents = fields.List(fields.Nested(PacketDocumentSchema), required=True)
    people = fields.List(fields.Nested(PacketPersonSchema), required=True)
    earliest = Instant(required=True, metadata={"description": "When a window may begin."})
    latest = Instant(required=True, metadata={"description": "When a window ends at the latest."})
    withdrawn_because = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PacketTitleSchema(Schema):
    """A document of a packet, its title covered like the rest."""

    title = fields.String(required=True, metadata={"example": "案件基本情况"})
    page = fields.Integer(required=True, metadata={"description": "Its first page.", "example": 1})


class PacketContentsSchema(Schema):
    """What there is to read."""

    pages = fields.Integer(required=True)
    documents = fields.List(fields.Nested(PacketTitleSchema), required=True)
    expires_at = Instant(required=True)


class ReadPageSchema(Schema):
    """A page as words, for a screen reader and for large letters."""

    number = fields.Integer(required=True, metadata={"example": 1})
    of = fields.Integer(required=True, metadata={"example": 3})
    title = fields.String(required=True, metadata={"example": "案件基本情况"})
    paragraphs = fields.List(
        fields.String(), required=True, metadata={"example": ["犯罪嫌疑人甲某多次窃取手机。"]}
    )
    watermark = fields.String(
        required=True, metadata={"example": "周某 0042 2026-03-10 09:30 活动7"}
    )
    expires_at = Instant(required=True)


class PacketViewSchema(Schema):
    """A look at a page."""

    id = fields.Integer(required=True)
    page = fields.Integer(required=True)
    form = fields.Enum(ViewForm, by_value=True, required=True)
    person = fields.Nested(PersonSchema, required=True)
    device_id = fields.Integer(required=True)
    viewed_at = Instant(required=True)


class WipeListSchema(Schema):
    """What a phone wipes on its next contact."""

    packet_ids = fields.List(fields.Integer(), required=True, metadata={"example": [7]})
    now = Instant(
        required=True,
        metadata={"description": "The clock by which a window is over; a phone's may be wrong."},
    )


class _OfDraft(Resource):
    """What answers with a draft: to whoever may read it now, the second time too."""

    def still_told(self, **named: Any) -> None:
        """Say no word of a draft again to somebody who has been kept away since."""
        packets.drafted(self.act, packets.find(self.act, named["packet_id"]))


# --- the rooms ------------------------------------------------------------------------------


@blp.route("")
class Packets(Resource):
    """Packets."""

    @blp.arguments(PacketQuery, location="query")
    @blp.response(200, page_of(PacketSchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List the packets of which the actor may know, the newest first."""
        chosen = packets.visible(self.act)
        for name in ("activity_id", "state"):
            if query[name] is not None:
                chosen = chosen.where(getattr(Packet, name) == query[name])
        found = page(self.act.session, chosen, Packet.id.desc(), **query)
        return Page(_shown(self.act, found.items), found.next_cursor)

    @blp.arguments(NewPacket)
    @blp.response(201, PacketSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Begin to choose what the supervisors of an activity may read."""
        activity = activities.find(self.act, given["activity_id"])
        return _one(self.act, packets.begin(self.act, activity))


@blp.route("/expired")
class ExpiredPackets(Resource):
    """What phones wipe."""

    @blp.response(200, WipeListSchema)
    def get(self) -> dict[str, Any]:
        """List the packets of which a phone that was away wipes whatever it has kept."""
        return {"packet_ids": packets.to_wipe(self.act), "now": self.act.now}


@blp.route("/<int:packet_id>")
class OnePacket(Resource):
    """One packet."""

    @blp.response(200, PacketSchema)
    def get(self, packet_id: int) -> dict[str, Any]:
        """Read where a packet stands; after its window a reader is told that it is gone."""
        return _one(self.act, packets.read(self.act, packet_id))


@blp.route("/<int:packet_id>/draft")
class PacketDraft(Resource):
    """Before and after."""

    @blp.response(200, PacketDraftSchema)
    def get(self, packet_id: int) -> dict[str, Any]:
        """Read what was chosen and what of it is covered."""
        return _draft(self.act, packets.drafted(self.act, packets.find(self.act, packet_id)))


@blp.route("/<int:packet_id>/documents")
class PacketDocuments(_OfDraft):
    """What is chosen."""

    @blp.arguments(NewPacketDocumentSchema)
    @blp.response(201, PacketDraftSchema)
    def post(self, given: NewPacketDocument, packet_id: int) -> dict[str, Any]:
        """Choose a paper, or type words."""
        packet = self.expect(packets.find(self.act, packet_id))
        packets.add_document(self.act, packet, given)
        return _draft(self.act, packet)


@blp.route("/<int:packet_id>/documents/<int:document_id>")
class OnePacketDocument(Resource):
    """One document."""

    @blp.response(204)
    def delete(self, packet_id: int, document_id: int) -> None:
        """Take a document out."""
        packet = self.expect(packets.find(self.act, packet_id))
        packets.remove_document(self.act, packet, packets.document_of(packet, document_id))


@blp.route("/<int:packet_id>/people")
class PacketPeople(_OfDraft):
    """Whose names are covered."""

    @blp.arguments(NewPacketPersonSchema)
    @blp.response(201, PacketDraftSchema)
    def post(self, given: NewPacketPerson, packet_id: int) -> dict[str, Any]:
        """Say whose name is to be covered beside those whom the case knows."""
        packet = self.expect(packets.find(self.act, packet_id))
        packets.name_person(self.act, packet, given)
        return _draft(self.act, packet)


@blp.route("/<int:packet_id>/people/<int:person_id>")
class OnePacketPerson(Resource):
    """One of them."""

    @blp.response(204)
    def delete(self, packet_id: int, person_id: int) -> None:
        """Take back a name that was given by mistake."""
        packet = self.expect(packets.find(self.act, packet_id))
        packets.forget_person(self.act, packet, packets.person_of(packet, person_id))


@blp.route("/<int:packet_id>/redaction")
class PacketRedaction(_OfDraft):
    """The rule."""

    @blp.response(200, PacketDraftSchema)
    def put(self, packet_id: int) -> dict[str, Any]:
        """Cover names, numbers, addresses and what tells of minors."""
        packet = self.expect(packets.find(self.act, packet_id))
        return _draft(self.act, packets.redact(self.act, packet))


@blp.route("/<int:packet_id>/masks")
class PacketMasks(_OfDraft):
    """What is covered by eye."""

    @blp.arguments(NewPacketMask)
    @blp.response(201, PacketDraftSchema)
    def post(self, given: dict[str, Any], packet_id: int) -> dict[str, Any]:
        """Cover one more piece, or a word wherever it stands."""
        packet = self.expect(packets.find(self.act, packet_id))
        if given["word"] is not None:
            packets.cover_word(self.act, packet, word=given["word"])
        else:
            document = packets.document_of(packet, given["document_id"])
            packets.cover_span(
                self.act, packet, document, starts=given["starts"], ends=given["ends"]
            )
        return _draft(self.act, packet)


@blp.route("/<int:packet_id>/masks/<int:mask_id>/lifting")
class PacketMaskLifting(_OfDraft):
    """What is covered without need."""

    @blp.arguments(NewPacketLifting)
    @blp.response(200, PacketDraftSchema)
    def put(self, given: dict[str, Any], packet_id: int, mask_id: int) -> dict[str, Any]:
        """Show a piece that was covered without need."""
        packet = self.expect(packets.find(self.act, packet_id))
        packets.lift(self.act, packet, packets.mask_of(packet, mask_id), **given)
        return _draft(self.act, packet)


@blp.route("/<int:packet_id>/check")
class PacketCheck(Resource):
    """The second pair of eyes."""

    @blp.response(200, PacketSchema)
    def put(self, packet_id: int) -> dict[str, Any]:
        """Confirm that what is to be covered is covered."""
        packet = self.expect(packets.find(self.act, packet_id))
        return _one(self.act, packets.check(self.act, packet))


@blp.route("/<int:packet_id>/release")
class PacketRelease(Resource):
    """The window."""

    @blp.arguments(NewPacketRelease)
    @blp.response(200, PacketSchema)
    def put(self, given: dict[str, Any], packet_id: int) -> dict[str, Any]:
        """Let the invited read it within a window of time."""
        packet = self.expect(packets.find(self.act, packet_id))
        return _one(self.act, packets.release(self.act, packet, **given))


@blp.route("/<int:packet_id>/withdrawal")
class PacketWithdrawal(Resource):
    """The way back."""

    @blp.arguments(NewPacketWithdrawal)
    @blp.response(200, PacketSchema)
    def put(self, given: dict[str, Any], packet_id: int) -> dict[str, Any]:
        """Take a packet back at once."""
        packet = self.expect(packets.find(self.act, packet_id))
        return _one(self.act, packets.withdraw(self.act, packet, **given))


@blp.route("/<int:packet_id>/contents")
class PacketContents(Resource):
    """What there is to read."""

    @blp.response(200, PacketContentsSchema)
    def get(self, packet_id: int) -> dict[str, Any]:
        """List what can be read, on the enrolled phone and within the window."""
        return _contents(packets.contents(self.act, packets.find(self.act, packet_id)))


@blp.route("/<int:packet_id>/pages/<int:number>")
class PacketPageWords(Resource):
    """A page as words."""

    @blp.response(200, ReadPageSchema)
    def get(self, packet_id: int, number: int) -> ShownPage:
        """Read a page as words; the look is written down."""
        found = packets.find(self.act, packet_id)
        return packets.view(self.act, found, number=number, form=ViewForm.TEXT)


@blp.route("/<int:packet_id>/pages/<int:number>/image")
class PacketPageImage(Resource):
    """A page as a picture."""

    @blp.response(
        200,
        {"type": "string", "format": "binary"},
        content_type="image/png",
        description="The page with who looks at it across it; never kept by anybody on the way.",
    )
    def get(self, packet_id: int, number: int) -> Response:
        """Read a page as a picture; the look is written down."""
        found = packets.find(self.act, packet_id)
        shown = packets.view(self.act, found, number=number, form=ViewForm.IMAGE)
        reply = Response(packets.picture(shown), mimetype="image/png")
        reply.headers["Cache-Control"] = "no-store"
        reply.headers["Accept-Ranges"] = "none"
        return reply


@blp.route("/<int:packet_id>/views")
class PacketViews(Resource):
    """Who has looked."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(PacketViewSchema))
    def get(self, query: dict[str, Any], packet_id: int) -> Page[dict[str, Any]]:
        """List who has looked at which page; a reader sees the own looks only."""
        chosen = packets.views(self.act, packets.find(self.act, packet_id))
        found = page(self.act.session, chosen, PacketView.id, **query)
        names = people.names(self.act.session, {one.person_id for one in found.items})
        return Page(
            [
                {
                    "id": one.id,
                    "page": one.page,
                    "form": one.form,
                    "person": {"id": one.person_id, "name": names[one.person_id]},
                    "device_id": one.device_id,
                    "viewed_at": one.viewed_at,
                }
                for one in found.items
            ],
            found.next_cursor,
        )


def _one(act: Act, packet: Packet) -> dict[str, Any]:
    act.session.flush()
    return _shown(act, [packet])[0]


def _shown(act: Act, found: Sequence[Packet]) -> list[dict[str, Any]]:
    """The packets, and what the reader may do with each now, in few queries."""
    ids = [one.id for one in found]
    whole = (
        select(Packet)
        .where(Packet.id.in_(ids))
        .options(
            joinedload(Packet.activity).joinedload(Activity.case).undefer(Case.recused_ids),
            undefer(Packet.readers),
            selectinload(Packet.documents).options(
                load_only(PacketDocument.packet_id, PacketDocument.added_by),
                lazyload(PacketDocument.masks),
            ),
        )
        .execution_options(populate_existing=True)
    )
    list(act.session.scalars(whole).unique())
    counted = (
        select(PacketPage.packet_id, func.count())
        .where(PacketPage.packet_id.in_(ids))
        .group_by(PacketPage.packet_id)
    )
    pages = dict(iter(act.session.execute(counted)))
    return [_brief(act, one, pages.get(one.id, 0)) for one in found]


def _brief(act: Act, packet: Packet, pages: int) -> dict[str, Any]:
    gone = packets.is_gone(act, packet)

    def may(permission: Permission, *steps: str) -> bool:
        open_now = any(packet.state in FLOW.sources(step) for step in steps)
        return open_now and allows(act.actor, permission, packet)

    return {
        "id": packet.id,
        "activity_id": packet.activity_id,
        "activity_title": packet.activity.title,
        "state": packet.state,
        "pages": pages,
        "open_from": packet.open_from,
        "open_until": packet.open_until,
        "expires_at": None if gone else packet.open_until,
        "wipe": gone and packet.first_released_at is not None,
        "may_read": not gone and allows(act.actor, Permission.PACKET_VIEW, packet),
        "may_prepare": may(Permission.PACKET_PREPARE, "change"),
        "may_check": may(Permission.PACKET_CHECK, "check"),
        "may_release": may(Permission.PACKET_RELEASE, "release"),
        "may_withdraw": may(Permission.PACKET_WITHDRAW, "withdraw"),
        "version": packet.version,
    }


def _draft(act: Act, packet: Packet) -> dict[str, Any]:
    act.session.flush()
    earliest, latest = packets.window(act, packet)
    return {
        "id": packet.id,
        "state": packet.state,
        "documents": [_document(one) for one in packet.documents],
        "people": [
            {
                "id": one.id,
                "code": packets.code_name(one.ordinal),
                "role": one.role,
                "names": one.names,
                "minor": one.minor,
                "of_the_case": one.about_id is not None,
            }
            for one in packet.people
        ],
        "earliest": earliest,
        "latest": latest,
        "withdrawn_because": packet.withdrawn_because,
        "version": packet.version,
    }


def _document(document: PacketDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "source": document.source,
        "words": document.words,
        "shown": packets.shown_of(document),
        "masks": [_mask(one) for one in document.masks],
    }


def _mask(mask: PacketMask) -> dict[str, Any]:
    kept = ("id", "starts", "ends", "reason", "shown", "minor", "lifted_because")
    return {name: getattr(mask, name) for name in kept} | {"by_eye": mask.made_by is not None}


def _contents(found: Contents) -> dict[str, Any]:
    return {
        "pages": found.pages,
        "documents": [{"title": title, "page": first} for title, first in found.documents],
        "expires_at": found.expires_at,
    }
