"""Files over HTTP: sent in before the request they belong to, read by whoever sees it."""

from typing import Any
from urllib.parse import quote

from flask import Response, current_app
from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import FileStorage

from api.resource import Blueprint, Resource
from api.wire import Instant
from services import arrest_requests, attachments
from services.attachments import Attachment, NewFile, Paper

blp = Blueprint(
    "attachments",
    __name__,
    url_prefix="/attachments",
    description="Files that come with a request.",
)


class AttachmentSchema(Schema):
    """A file as a phone sees it."""

    id = fields.Integer(required=True)
    title = fields.String(required=True, metadata={"example": "提请批准逮捕书"})
    kind = fields.Enum(Paper, by_value=True, required=True)
    file_name = fields.String(required=True)
    media_type = fields.String(
        required=True, metadata={"description": "By content, not by the name."}
    )
    size = fields.Integer(required=True, metadata={"description": "In bytes.", "example": 183_204})
    sha256 = fields.String(required=True)
    uploaded_at = Instant(required=True)


class NewAttachmentFile(Schema):
    """The file itself."""

    file = Upload(
        required=True,
        metadata={"description": "PDF, JPEG, PNG, DOCX or OFD; 20 MiB unless set otherwise."},
    )


class NewAttachment(Schema):
    """What the file is; sent beside it as parts of the same form."""

    title = fields.String(
        load_default="",
        validate=validate.And(validate.Length(max=200), validate.Regexp(r"[^\x00]*\Z")),
        metadata={"description": "Its file name unless given.", "example": "提请批准逮捕书"},
    )
    kind = fields.Enum(Paper, by_value=True, load_default=Paper.OTHER)


@blp.route("")
class Attachments(Resource):
    """Files on their way into a request."""

    @blp.arguments(NewAttachmentFile, location="files")
    @blp.arguments(NewAttachment, location="form")
    @blp.response(201, AttachmentSchema)
    def post(self, files: dict[str, FileStorage], told: dict[str, Any]) -> Attachment:
        """Upload a file; it is yours alone until a request takes it up."""
        sent = files["file"]
        file = NewFile(sent.filename or "", sent.stream.read(), told["title"], told["kind"])
        limit = current_app.extensions["settings"].attachment_limit_bytes
        return attachments.upload(self.act, file, limit=limit)


@blp.route("/<int:attachment_id>/content")
class AttachmentContent(Resource):
    """The bytes of a file."""

    @blp.response(
        200,
        {"type": "string", "format": "binary"},
        content_type="application/octet-stream",
        description="The file, as an attachment.",
    )
    def get(self, attachment_id: int) -> Response:
        """Download a file of a request that the reader may see."""
        found = attachments.find(
            self.act, attachment_id, requests=arrest_requests.visible_ids(self.act)
        )
        reply = Response(found.content, mimetype=found.media_type)
        reply.headers["Content-Disposition"] = (
            f'attachment; filename="attachment-{found.id}"; '
            f"filename*=UTF-8''{quote(found.file_name, safe='')}"
        )
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Cache-Control"] = "no-store"
        return reply
