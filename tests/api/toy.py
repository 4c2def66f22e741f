"""A room that exists only here, to knock at the door without any slice's rules in the way."""

from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from services.kernel.refusals import Conflict
from services.offices import Level, Office, OfficeKind

blp = Blueprint("toys", __name__, url_prefix="/toys")


class ToyTaken(Conflict):
    """Somebody else holds the toy."""

    zh = "玩具已被占用。"


class ToySchema(Schema):
    """An office, passed off as a toy."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    level = fields.Enum(Level, by_value=True)


class NewToy(Schema):
    """What makes a toy."""

    name = fields.String(required=True, validate=validate.Length(1, 40))
    parts = fields.List(fields.Nested(ToySchema))


class BallSchema(Schema):
    """Something with a version."""

    version = fields.Integer(required=True)


class ToyUpload(Schema):
    """A file."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class Ball:
    """Two phones may edit it."""

    def __init__(self) -> None:
        self.version = 3


class Deadlock(Exception):
    """What psycopg says when two transactions wait for each other."""

    sqlstate = "40P01"


tries: list[str] = []


@blp.route("")
class Toys(Resource):
    """The toys."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(ToySchema))
    def get(self, query: dict[str, Any]) -> Page[Office]:
        """List the toys."""
        chosen = select(Office).where(Office.kind == OfficeKind.COURT)
        return page(self.act.session, chosen, Office.level.desc(), Office.id, **query)

    @blp.arguments(NewToy)
    @blp.response(201, ToySchema)
    def post(self, new: dict[str, Any]) -> Office:
        """Make a toy."""
        self.act.authorised.add("toy:make")
        if new["name"] == "被占用":
            raise ToyTaken(holder_id=7)
        toy = Office(
            kind=OfficeKind.COURT, name=new["name"], short_name=new["name"], level=Level.DISTRICT
        )
        self.act.session.add(toy)
        tries.append(new["name"])
        if new["name"] == "死锁" and tries.count("死锁") < 3:
            statement = "INSERT"
            raise OperationalError(statement, {}, Deadlock())
        if new["name"].startswith("标记"):
            message = f"a bug that quotes {new['name']}"
            raise RuntimeError(message)
        return toy


@blp.route("/count")
class Count(Resource):
    """How many toys there are."""

    def get(self) -> dict[str, Any]:
        """Count the toys."""
        counted = select(func.count()).where(Office.kind == OfficeKind.COURT)
        return {"count": self.act.session.scalar(counted)}


@blp.route("/ball")
class BallView(Resource):
    """The ball."""

    @blp.response(200, BallSchema)
    def get(self) -> Ball:
        """Look at the ball."""
        return Ball()

    @blp.response(200, BallSchema)
    def put(self) -> Ball:
        """Throw the ball."""
        ball = self.expect(Ball())
        ball.version += 1
        return ball


@blp.route("/files")
class Files(Resource):
    """Files."""

    @blp.arguments(ToyUpload, location="files")
    @blp.response(201, ToySchema)
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Send a file."""
        return {"id": len(sent["file"].read()), "name": sent["file"].filename}
