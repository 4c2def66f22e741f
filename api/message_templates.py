"""The gallery of messages: what every kind says, on a sample, in every version it ever had."""

from typing import Any

from marshmallow import Schema, fields

from api.resource import Blueprint, Resource
from notifications import catalogue
from notifications.catalogue import Template
from notifications.messages import Urgency

blp = Blueprint(
    "message_templates",
    __name__,
    url_prefix="/message-templates",
    description="What messages say, on samples.",
)


class WordsSchema(Schema):
    """A title and a body in one language."""

    title = fields.String(required=True, metadata={"example": "案件已受理"})
    body = fields.String(required=True, metadata={"example": "受理案号：测检捕受〔2026〕7号"})


class TemplateSchema(Schema):
    """One version of what one kind of event says of its sample."""

    version = fields.Integer(required=True, metadata={"example": 1})
    urgency = fields.Enum(Urgency, by_value=True, required=True, data_key="class")
    zh = fields.Nested(WordsSchema, required=True)
    en = fields.Nested(WordsSchema, required=True)
    link = fields.String(required=True, metadata={"description": "Where a tap leads in the app."})


class MessageKindSchema(Schema):
    """One kind of event, and what it says."""

    kind = fields.String(required=True, metadata={"example": "CaseAccepted"})
    current = fields.Nested(TemplateSchema, required=True)
    earlier = fields.List(
        fields.Nested(TemplateSchema),
        required=True,
        metadata={"description": "The versions before, the newest first."},
    )


class GallerySchema(Schema):
    """Every kind of message of the house."""

    items = fields.List(fields.Nested(MessageKindSchema), required=True)


@blp.route("")
class Gallery(Resource):
    """Every kind of message."""

    @blp.response(200, GallerySchema)
    def get(self) -> dict[str, Any]:
        """Show what every kind of message says, on samples of nobody."""
        return {"items": [_shown(*one) for one in sorted(catalogue.written().items())]}


def _shown(kind: str, versions: tuple[Template, ...]) -> dict[str, Any]:
    *earlier, current = versions
    return {"kind": kind, "current": current, "earlier": earlier[::-1]}
