"""How people are named to phones, and who holds a post beside the reader."""

from typing import Any

from marshmallow import Schema, fields

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services import people
from services.people import Person, Sex
from services.policy import PostKind

blp = Blueprint("people", __name__, url_prefix="/people", description="Colleagues, by post.")


class PersonSchema(Schema):
    """A person, by name, inside the app."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class ColleagueSchema(PersonSchema):
    """Somebody of the own office; a woman takes part where a girl is interrogated (RULES 465¶5)."""

    sex = fields.Enum(Sex, by_value=True, required=True, allow_none=True)


class ColleagueQuery(PageQuery):
    """Holders of which post."""

    post = fields.Enum(
        PostKind, by_value=True, required=True, metadata={"example": "chief_procurator"}
    )


@blp.route("")
class People(Resource):
    """Colleagues."""

    @blp.arguments(ColleagueQuery, location="query")
    @blp.response(200, page_of(ColleagueSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Person]:
        """List who holds a post today in an office of one's own."""
        found = people.colleagues(self.act, wanted["post"])
        return page(self.act.session, found, Person.id, **wanted)
