"""The journal over HTTP, for auditors: who did what, when, and the signed checkpoints over it."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import checkpoints, journal
from services.checkpoints import JournalCheckpoint
from services.kernel.act import Act, JournalEntry
from services.kernel.chain import JournalLink
from services.kernel.ciphers import Digest

blp = Blueprint(
    "journal",
    __name__,
    description="The journal (操作日志), read by auditors: ids and codes, never a name or a word.",
)

_ID = validate.Range(0, 2**31 - 1)
_CODE = validate.And(validate.Length(1, 100), validate.Regexp(r"[A-Za-z_]+\Z"))


class JournalEntrySchema(Schema):
    """One thing that happened, and its place in the chain of its subject."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, metadata={"example": "ArrestDecided"})
    subject = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The chain, as the room it belongs to.", "example": "cases"},
    )
    about_id = fields.Integer(required=True)
    by_id = fields.Integer(
        required=True, metadata={"description": "The person; 0 is the house itself."}
    )
    delegation_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The delegation by which the act was allowed."},
    )
    happened_at = Instant(required=True, metadata={"description": "By the legal clock."})
    recorded_at = Instant(required=True, metadata={"description": "By the database's clock."})
    details = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Ids and codes.", "example": {"decision": "approved"}},
    )
    seq = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The place in its chain, from 1."}
    )
    hash = fields.String(
        required=True, allow_none=True, metadata={"description": "In hexadecimal."}
    )
    algorithm = fields.Enum(Digest, by_value=True, required=True, allow_none=True)


class JournalQuery(PageQuery):
    """Which entries."""

    subject = fields.String(load_default=None, validate=_CODE, metadata={"example": "cases"})
    about_id = fields.Integer(load_default=None, validate=_ID)
    by_id = fields.Integer(load_default=None, validate=_ID)
    kind = fields.String(load_default=None, validate=_CODE, metadata={"example": "CaseAccepted"})
    since = Instant(load_default=None)
    until = Instant(load_default=None)


class JournalCheckpointSchema(Schema):
    """What all chains ended at, signed."""

    id = fields.Integer(required=True, metadata={"description": "Numbered without gaps."})
    made_at = Instant(required=True)
    chains = fields.Integer(required=True)
    entries = fields.Integer(required=True)
    root = fields.Function(
        lambda made: made.root.hex(),
        required=True,
        metadata={"type": "string", "description": "The hash over all heads, in hexadecimal."},
    )
    algorithm = fields.Enum(Digest, by_value=True, required=True)
    key_id = fields.String(
        required=True, metadata={"description": "The fingerprint of the key that signed it."}
    )


@blp.route("/journal")
class Journal(Resource):
    """The journal."""

    @blp.arguments(JournalQuery, location="query")
    @blp.response(200, page_of(JournalEntrySchema))
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """List what was done in the offices the reader audits, the newest first."""
        paging = {"limit": query.pop("limit"), "cursor": query.pop("cursor")}
        chosen = journal.entries(self.act, **query)
        found = page(self.act.session, chosen, JournalEntry.id.desc(), **paging)
        return Page(_shown(self.act, found.items), found.next_cursor)


@blp.route("/journal-checkpoints")
class JournalCheckpoints(Resource):
    """The signed checkpoints."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(JournalCheckpointSchema))
    def get(self, query: dict[str, Any]) -> Page[JournalCheckpoint]:
        """List the checkpoints, the newest first; auditors only."""
        chosen = checkpoints.visible(self.act)
        return page(self.act.session, chosen, JournalCheckpoint.id.desc(), **query)


@blp.route("/journal-checkpoints/<int:checkpoint_id>/file")
class JournalCheckpointFile(Resource):
    """A checkpoint to take away."""

    @blp.response(
        200,
        {"type": "string"},
        content_type="text/plain",
        description="One line of JSON with key and signature, then one line for each chain.",
    )
    def get(self, checkpoint_id: int) -> Response:
        """Take a checkpoint away, to keep it where this installation cannot reach it."""
        made = checkpoints.find(self.act, checkpoint_id)
        reply = Response(checkpoints.file(self.act.session, made), mimetype="text/plain")
        reply.headers["Content-Disposition"] = f'attachment; filename="checkpoint-{made.id}.txt"'
        reply.headers["Cache-Control"] = "no-store"
        return reply


def _shown(act: Act, read: Sequence[JournalEntry]) -> list[dict[str, Any]]:
    links = journal.links(act, read)
    return [_entry(entry, links.get(entry.id)) for entry in read]


def _entry(entry: JournalEntry, link: JournalLink | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "subject": link and link.subject,
        "about_id": entry.about_id,
        "by_id": entry.by_id,
        "delegation_id": entry.delegation_id,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "details": entry.details,
        "seq": link and link.seq,
        "hash": link and link.hash.hex(),
        "algorithm": link and link.algorithm,
    }
