"""How one's procuratorate holds joint conferences, over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people
from services.conferences import ConferenceForm, ConferenceSettings, Reach, settings
from services.conferences.settings import FEWEST, MOST
from services.kernel.act import Act

blp = Blueprint(
    "conference_settings",
    __name__,
    url_prefix="/conference-settings",
    description="What the law leaves open about joint conferences, as an office has it.",
)


class NewConferenceSettings(Schema):
    """How few voices do, in which forms, and whose prosecutors may be asked."""

    fewest = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MOST),
        metadata={"example": FEWEST},
    )
    forms = fields.List(
        fields.Enum(ConferenceForm, by_value=True),
        required=True,
        validate=validate.Length(1, len(ConferenceForm)),
        metadata={"example": [form.value for form in ConferenceForm]},
    )
    reach = fields.Enum(Reach, by_value=True, required=True)


class ConferenceSettingsSchema(NewConferenceSettings):
    """How a procuratorate holds conferences; version 0 is what holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


class ConferenceOfficeQuery(Schema):
    """Whose settings."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "Which procuratorate, where one holds posts in several."},
    )


@blp.route("")
class OfficeConferenceSettings(Resource):
    """The settings of one's procuratorate."""

    @blp.arguments(ConferenceOfficeQuery, location="query")
    @blp.response(200, ConferenceSettingsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read how one's procuratorate holds conferences."""
        return _shown(self.act, settings.find(self.act, **query))

    @blp.arguments(ConferenceOfficeQuery, location="query")
    @blp.arguments(NewConferenceSettings)
    @blp.response(200, ConferenceSettingsSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say how one's procuratorate holds conferences."""
        said = self.expect(settings.find(self.act, **query))
        return _shown(self.act, settings.change(self.act, said, **given))


def _shown(act: Act, said: ConferenceSettings) -> dict[str, Any]:
    by_id = said.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    return {
        "procuratorate_id": said.procuratorate_id,
        "fewest": said.fewest,
        "forms": [ConferenceForm(form) for form in said.forms],
        "reach": said.reach,
        "set_at": said.set_at,
        "set_by": {"id": by_id, "name": names[by_id]} if by_id is not None else None,
        "version": said.version,
    }
