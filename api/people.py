"""How people are named to phones, and who holds a post beside the reader."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import joinedload, selectinload

from api.offices import BIGGEST, OfficeBriefSchema
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import handovers, offices, people
from services.people import Person, Post, Sex
from services.policy import PostKind

blp = Blueprint(
    "people", __name__, url_prefix="", description="Colleagues, by post; accounts, by office."
)

_LINE = validate.And(validate.Length(1, 100), validate.Regexp(r"[^\x00]*\S[^\x00]*\Z"))


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


@blp.route("/people")
class People(Resource):
    """Colleagues."""

    @blp.arguments(ColleagueQuery, location="query")
    @blp.response(200, page_of(ColleagueSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Person]:
        """List who holds a post today in an office of one's own."""
        found = people.colleagues(self.act, wanted["post"])
        return page(self.act.session, found, Person.id, **wanted)


class PostSchema(Schema):
    """A post somebody holds, held, or is to hold."""

    id = fields.Integer(required=True)
    kind = fields.Enum(PostKind, by_value=True, required=True, metadata={"example": "prosecutor"})
    office = fields.Nested(OfficeBriefSchema, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)


class AccountSchema(PersonSchema):
    """An account, as the officers of the office that keeps it see it."""

    username = fields.String(required=True, metadata={"example": "lin.qing"})
    sex = fields.Enum(Sex, by_value=True, required=True, allow_none=True)
    office = fields.Nested(OfficeBriefSchema, required=True, allow_none=True)
    disabled_at = Instant(required=True, allow_none=True)
    posts = fields.List(fields.Nested(PostSchema), required=True)


class AccountQuery(PageQuery):
    """Which accounts."""

    words = fields.String(
        load_default=None,
        validate=_LINE,
        metadata={"description": "In the name or the account's name.", "example": "林"},
    )
    office_id = fields.Integer(load_default=None, validate=validate.Range(1, BIGGEST))


class NewAccount(Schema):
    """Who is to get an account; its first password or phone comes from the security officer."""

    office_id = fields.Integer(required=True, strict=True, validate=validate.Range(1, BIGGEST))
    username = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z0-9_.-]{3,40}\Z"),
        metadata={"example": "lin.qing"},
    )
    name = fields.String(required=True, validate=_LINE)
    sex = fields.Enum(Sex, by_value=True, load_default=None, allow_none=True)


class AccountChange(Schema):
    """What the register is to say of somebody; what is left out stays as it is."""

    name = fields.String(validate=_LINE)
    sex = fields.Enum(Sex, by_value=True, allow_none=True)


_WHOLE = (
    joinedload(Person.office),
    selectinload(Person.posts).joinedload(Post.office),
)


@blp.route("/accounts")
class Accounts(Resource):
    """The accounts that one's office keeps."""

    @blp.arguments(AccountQuery, location="query")
    @blp.response(200, page_of(AccountSchema))
    def get(self, wanted: dict[str, Any]) -> Page[Person]:
        """List the accounts that an administrator or a security officer keeps."""
        found = people.visible(self.act).options(*_WHOLE)
        if wanted["words"] is not None:
            found = people.called(found, wanted["words"])
        if wanted["office_id"] is not None:
            found = found.where(Person.office_id == wanted["office_id"])
        return page(self.act.session, found, Person.id, **wanted)

    @blp.arguments(NewAccount)
    @blp.response(201, AccountSchema)
    def post(self, given: dict[str, Any]) -> Person:
        """Give somebody an account that nobody can sign in to yet."""
        office = offices.find(self.act, given.pop("office_id"))
        return people.enter(self.act, office, **given)


@blp.route("/accounts/<int:person_id>")
class OneAccount(Resource):
    """One account."""

    @blp.response(200, AccountSchema)
    def get(self, person_id: int) -> Person:
        """Read an account."""
        return people.find(self.act, person_id)

    @blp.arguments(AccountChange)
    @blp.response(200, AccountSchema)
    def patch(self, given: dict[str, Any], person_id: int) -> Person:
        """Put right what the register says of somebody."""
        person = people.find(self.act, person_id)
        values = {name: given.get(name, getattr(person, name)) for name in ("name", "sex")}
        return people.correct(self.act, person, **values)


@blp.route("/accounts/<int:person_id>/closing")
class AccountClosing(Resource):
    """The end of an account whose work is handed over."""

    @blp.response(200, AccountSchema)
    def put(self, person_id: int) -> Person:
        """Close the account of somebody who has left."""
        return handovers.close_account(self.act, people.find(self.act, person_id))


@blp.route("/accounts/<int:person_id>/closing-at-once")
class AccountClosingAtOnce(Resource):
    """The end of an account that cannot wait."""

    @blp.response(200, AccountSchema)
    def put(self, person_id: int) -> Person:
        """Close an account for reasons of security; case management gets what it leaves."""
        return handovers.close_at_once(self.act, people.find(self.act, person_id))
