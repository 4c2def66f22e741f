"""Rooms, desks, lines and escort over HTTP: enter them, open and close them; journeys."""

from datetime import time
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import offices, resources
from services.resources import (
    LONGEST_BUFFER,
    PLACES,
    DayHours,
    Hours,
    NewResource,
    ResourceKind,
    Route,
)

blp = Blueprint(
    "resources",
    __name__,
    description="What interrogations take: rooms, desks, video lines, escort; and journeys.",
)

_ID = validate.Range(1, 2**31 - 1)
_MINUTES = validate.Range(0, LONGEST_BUFFER)
_UNITS = validate.Range(1, 100)
_CLOCK = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z")
_KINDS = validate.OneOf(sorted(PLACES))


def _clock(example: str, **more: Any) -> fields.String:
    described = {"description": "HH:MM in Asia/Shanghai.", "example": example}
    return fields.String(validate=_CLOCK, metadata=described, **more)


class ResourceQuery(PageQuery):
    """Which places."""

    office_id = fields.Integer(load_default=None, validate=_ID)
    kind = fields.Enum(ResourceKind, by_value=True, load_default=None, validate=_KINDS)
    in_use = fields.Boolean(
        load_default=True, metadata={"description": "Without those that are retired."}
    )


class NewResourceSchema(Schema):
    """A room, a desk, a line or an escort to enter."""

    office_id = fields.Integer(strict=True, required=True, validate=_ID)
    kind = fields.Enum(
        ResourceKind,
        by_value=True,
        required=True,
        metadata={"example": ResourceKind.INTERROGATION_ROOM.value},
    )
    name = fields.String(
        required=True, validate=validate.Length(1, 100), metadata={"example": "1号远程讯问室"}
    )
    units = fields.Integer(
        strict=True,
        load_default=1,
        validate=_UNITS,
        metadata={"description": "How many equal ones there are.", "example": 1},
    )
    video = fields.Boolean(load_default=False)
    before_minutes = fields.Integer(
        strict=True, load_default=0, validate=_MINUTES, metadata={"example": 0}
    )
    after_minutes = fields.Integer(
        strict=True, load_default=0, validate=_MINUTES, metadata={"example": 10}
    )

    @post_load
    def entered(self, given: dict[str, Any], **_: Any) -> NewResource:
        """Plain values."""
        return NewResource(**given)


class OpeningSchema(Schema):
    """From when to when it is open on one day of the week."""

    weekday = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 7),
        metadata={"description": "1 is Monday.", "example": 1},
    )
    from_time = _clock("08:30", required=True)
    until_time = _clock("11:30", required=True)


class NewHours(Schema):
    """The whole week; with none it is always open."""

    openings = fields.List(
        fields.Nested(OpeningSchema), required=True, validate=validate.Length(max=50)
    )


class OpeningExceptionSchema(Schema):
    """What holds on one day instead; closed with neither time."""

    on = fields.Date(required=True, metadata={"example": "2026-12-24"})
    from_time = _clock("09:00", load_default=None, allow_none=True)
    until_time = _clock("11:00", load_default=None, allow_none=True)


class NewExceptions(Schema):
    """Days on which other hours hold; every day that is named is said anew."""

    days = fields.List(
        fields.Nested(OpeningExceptionSchema), required=True, validate=validate.Length(1, 100)
    )


class NewBuffers(Schema):
    """How many there are, and how long escort and set-up take."""

    units = fields.Integer(strict=True, required=True, validate=_UNITS, metadata={"example": 2})
    before_minutes = fields.Integer(
        strict=True, required=True, validate=_MINUTES, metadata={"example": 15}
    )
    after_minutes = fields.Integer(
        strict=True, required=True, validate=_MINUTES, metadata={"example": 15}
    )


class ResourceBriefSchema(Schema):
    """A place in a list."""

    id = fields.Integer(required=True)
    kind = fields.Enum(ResourceKind, by_value=True, required=True)
    office_id = fields.Integer(required=True)
    name = fields.String(required=True)
    units = fields.Integer(required=True)
    video = fields.Boolean(required=True)
    before_minutes = fields.Integer(required=True)
    after_minutes = fields.Integer(required=True)
    retired_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ResourceSchema(ResourceBriefSchema):
    """A place with its hours."""

    openings = fields.List(fields.Nested(OpeningSchema), required=True)
    exceptions = fields.List(fields.Nested(OpeningExceptionSchema), required=True)


class RouteQuery(PageQuery):
    """Which journeys."""

    office_id = fields.Integer(load_default=None, validate=_ID)


class RouteSchema(Schema):
    """How many minutes a journey between two offices takes, either way."""

    from_office_id = fields.Integer(strict=True, required=True, validate=_ID)
    to_office_id = fields.Integer(strict=True, required=True, validate=_ID)
    minutes = fields.Integer(
        strict=True, required=True, validate=_MINUTES, metadata={"example": 40}
    )


@blp.route("/resources")
class Resources(Resource):
    """Places."""

    @blp.arguments(ResourceQuery, location="query")
    @blp.response(200, page_of(ResourceBriefSchema))
    def get(self, query: dict[str, Any]) -> Page[resources.Resource]:
        """List the rooms, desks, lines and escorts that the reader may see."""
        chosen = resources.visible(self.act)
        for name in ("office_id", "kind"):
            if query[name] is not None:
                chosen = chosen.where(getattr(resources.Resource, name) == query[name])
        if query["in_use"]:
            chosen = chosen.where(resources.Resource.retired_at.is_(None))
        return page(self.act.session, chosen, resources.Resource.id, **query)

    @blp.arguments(NewResourceSchema)
    @blp.response(201, ResourceSchema)
    def post(self, given: NewResource) -> dict[str, Any]:
        """Enter a room, a desk, a line or an escort."""
        return _shown(resources.enter(self.act, given))


@blp.route("/resources/<int:resource_id>")
class OneResource(Resource):
    """One place."""

    @blp.response(200, ResourceSchema)
    def get(self, resource_id: int) -> dict[str, Any]:
        """Read a place with its hours."""
        return _shown(resources.find(self.act, resource_id))


@blp.route("/resources/<int:resource_id>/hours")
class ResourceHours(Resource):
    """The week of a place."""

    @blp.arguments(NewHours)
    @blp.response(200, ResourceSchema)
    def put(self, given: dict[str, Any], resource_id: int) -> dict[str, Any]:
        """Say in which hours of the week it is open."""
        found = self.expect(resources.find(self.act, resource_id))
        hours = [
            Hours(one["weekday"], _time(one["from_time"]), _time(one["until_time"]))
            for one in given["openings"]
        ]
        return _shown(resources.open_weekly(self.act, found, hours))


@blp.route("/resources/<int:resource_id>/exceptions")
class ResourceExceptions(Resource):
    """The days on which other hours hold."""

    @blp.arguments(NewExceptions)
    @blp.response(200, ResourceSchema)
    def put(self, given: dict[str, Any], resource_id: int) -> dict[str, Any]:
        """Say on which days other hours hold, or none."""
        found = self.expect(resources.find(self.act, resource_id))
        days = [
            DayHours(one["on"], _some_time(one["from_time"]), _some_time(one["until_time"]))
            for one in given["days"]
        ]
        return _shown(resources.except_on(self.act, found, days))


@blp.route("/resources/<int:resource_id>/buffers")
class ResourceBuffers(Resource):
    """How many there are, and what they take before and after."""

    @blp.arguments(NewBuffers)
    @blp.response(200, ResourceSchema)
    def put(self, given: dict[str, Any], resource_id: int) -> dict[str, Any]:
        """Say how many there are, and how long escort and set-up take."""
        found = self.expect(resources.find(self.act, resource_id))
        return _shown(resources.set_buffers(self.act, found, **given))


@blp.route("/resources/<int:resource_id>/retirement")
class ResourceRetirement(Resource):
    """A place that is no longer used."""

    @blp.response(200, ResourceSchema)
    def put(self, resource_id: int) -> dict[str, Any]:
        """Take a place out of use for good."""
        found = self.expect(resources.find(self.act, resource_id))
        return _shown(resources.retire(self.act, found))


@blp.route("/resources/<int:resource_id>/restoration")
class ResourceRestoration(Resource):
    """A place that is used again."""

    @blp.response(200, ResourceSchema)
    def put(self, resource_id: int) -> dict[str, Any]:
        """Put a place back into use."""
        found = self.expect(resources.find(self.act, resource_id))
        return _shown(resources.restore(self.act, found))


@blp.route("/routes")
class Routes(Resource):
    """Journeys."""

    @blp.arguments(RouteQuery, location="query")
    @blp.response(200, page_of(RouteSchema))
    def get(self, query: dict[str, Any]) -> Page[Route]:
        """List the journeys from and to the reader's offices."""
        chosen = resources.routes(self.act)
        if (office_id := query["office_id"]) is not None:
            chosen = chosen.where(
                (Route.from_office_id == office_id) | (Route.to_office_id == office_id)
            )
        by = Route.from_office_id, Route.to_office_id
        return page(self.act.session, chosen, *by, **query)

    @blp.arguments(RouteSchema)
    @blp.response(200, RouteSchema)
    def put(self, given: dict[str, Any]) -> Route:
        """Say how long the journey between the procuratorate and a centre takes."""
        start = offices.find(self.act, given["from_office_id"])
        end = offices.find(self.act, given["to_office_id"])
        return resources.set_route(self.act, start, end, minutes=given["minutes"])


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _some_time(text: str | None) -> time | None:
    return None if text is None else _time(text)


def _shown(one: resources.Resource) -> dict[str, Any]:
    same = "id kind office_id name units video before_minutes after_minutes retired_at version"
    return {name: getattr(one, name) for name in same.split()} | {
        "openings": [
            {
                "weekday": each.weekday,
                "from_time": f"{each.from_time:%H:%M}",
                "until_time": f"{each.until_time:%H:%M}",
            }
            for each in one.openings
        ],
        "exceptions": [
            {
                "on": each.on,
                "from_time": each.from_time and f"{each.from_time:%H:%M}",
                "until_time": each.until_time and f"{each.until_time:%H:%M}",
            }
            for each in one.exceptions
        ],
    }
