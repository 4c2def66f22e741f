"""Who carries how much of a procuratorate's cases, and with whom, over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.paging import Page, PageQuery, page, page_of
from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services.assignments import CaseTeam, LoadShare, ShareGround, shares, teams
from services.policy import Permission, allows

blp = Blueprint(
    "rotation",
    __name__,
    url_prefix="/rotation",
    description="Shares of the usual load, case teams, and how often who was drawn.",
)

_ID = validate.Range(1, 2**31 - 1)
_DAY = {"example": "2026-12-01"}
_SPAN_DAYS = 3700


class RosterQuery(Schema):
    """Whose roster."""

    procuratorate_id = fields.Integer(
        load_default=None,
        validate=_ID,
        metadata={"description": "Which procuratorate, where one holds posts in several."},
    )


class LoadShareQuery(RosterQuery, PageQuery):
    """Whose shares, and which page of them."""


class LoadShareSchema(Schema):
    """From a day on, somebody carries so many percent of the usual load."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonSchema, required=True)
    percent = fields.Integer(required=True)
    ground = fields.Enum(ShareGround, by_value=True, required=True)
    from_on = fields.Date(required=True)
    set_at = Instant(required=True)
    set_by = fields.Integer(required=True)


class NewLoadShare(Schema):
    """Which share of the usual load, why, and from when; 100 ends an earlier one."""

    person_id = fields.Integer(required=True, validate=_ID)
    percent = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 100), metadata={"example": 50}
    )
    ground = fields.Enum(ShareGround, by_value=True, required=True)
    from_on = fields.Date(required=True, metadata=_DAY)


class CaseTeamMemberSchema(Schema):
    """Somebody in a team, from a day until a day."""

    person = fields.Nested(PersonSchema, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)


class CaseTeamSchema(Schema):
    """A team of prosecutors and its lead (RULES 5; ORG 28)."""

    id = fields.Integer(required=True)
    lead = fields.Nested(PersonSchema, required=True)
    members = fields.List(
        fields.Nested(CaseTeamMemberSchema),
        required=True,
        metadata={"description": "Everybody who ever was in it, the lead among them."},
    )
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    may_change = fields.Boolean(
        required=True, metadata={"description": "The reader may change or end it."}
    )
    version = fields.Integer(required=True)


class NewCaseTeam(Schema):
    """Who handles cases together, under whom, and from when."""

    lead_id = fields.Integer(required=True, validate=_ID)
    member_ids = fields.List(
        fields.Integer(validate=_ID), required=True, validate=validate.Length(1, 30)
    )
    from_on = fields.Date(required=True, metadata=_DAY)
    until_on = fields.Date(load_default=None, metadata={"example": "2027-12-01"})


class NewCaseTeamMember(Schema):
    """Who comes into a team."""

    person_id = fields.Integer(required=True, validate=_ID)


class CaseTeamEnding(Schema):
    """The team's last day."""

    until_on = fields.Date(required=True, metadata=_DAY)


class TallyQuery(RosterQuery):
    """Which days, the first and the last included."""

    from_on = fields.Date(required=True, metadata={"example": "2026-01-01"})
    until_on = fields.Date(required=True, metadata={"example": "2026-12-31"})

    @validates_schema
    def _in_order(self, given: dict[str, Any], **_: object) -> None:
        if not 0 <= (given["until_on"] - given["from_on"]).days <= _SPAN_DAYS:
            raise ValidationError({"until_on": ["Must follow from_on within ten years."]})


class LoadTallySchema(Schema):
    """How a prosecutor came to cases in those days."""

    person = fields.Nested(PersonSchema, required=True)
    share = fields.Integer(
        required=True, metadata={"description": "Percent of the usual load, as of today."}
    )
    drawn = fields.Integer(required=True)
    same_handler = fields.Integer(
        required=True, metadata={"description": "Had handled it before (RULES 8)."}
    )
    designated = fields.Integer(required=True)
    changed = fields.Integer(
        required=True, metadata={"description": "Took a case over from another handler."}
    )


class TalliesSchema(Schema):
    """Draws and designations of a procuratorate, by prosecutor."""

    items = fields.List(fields.Nested(LoadTallySchema), required=True)
    may_set = fields.Boolean(
        required=True, metadata={"description": "The reader may set shares there."}
    )


@blp.route("/shares")
class LoadShares(Resource):
    """Who carries how much."""

    @blp.arguments(LoadShareQuery, location="query")
    @blp.response(200, page_of(LoadShareSchema))
    def get(self, query: dict[str, Any]) -> Page[LoadShare]:
        """List the shares that were set, the newest first."""
        roster = shares.find(self.act, query.pop("procuratorate_id"))
        return page(
            self.act.session, shares.history(self.act, roster), LoadShare.id.desc(), **query
        )

    @blp.arguments(RosterQuery, location="query")
    @blp.arguments(NewLoadShare)
    @blp.response(201, LoadShareSchema)
    def post(self, query: dict[str, Any], given: dict[str, Any]) -> LoadShare:
        """Set which share of the usual load somebody carries."""
        return shares.set_share(self.act, shares.find(self.act, **query), **given)


@blp.route("/tallies")
class Tallies(Resource):
    """How often who was drawn."""

    @blp.arguments(TallyQuery, location="query")
    @blp.response(200, TalliesSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Count draws and designations by prosecutor."""
        roster = shares.find(self.act, query.pop("procuratorate_id"))
        return {
            "items": shares.tallies(self.act, roster, **query),
            "may_set": allows(self.act.actor, Permission.LOAD_SHARE_SET, roster),
        }


@blp.route("/teams")
class CaseTeams(Resource):
    """The teams of a procuratorate."""

    @blp.arguments(LoadShareQuery, location="query")
    @blp.response(200, page_of(CaseTeamSchema))
    def get(self, query: dict[str, Any]) -> Page[Mapping[str, Any]]:
        """List the teams, the newest first."""
        roster = shares.find(self.act, query.pop("procuratorate_id"))
        found = page(self.act.session, teams.formed(self.act, roster), CaseTeam.id.desc(), **query)
        return Page([self._shown(one) for one in found.items], found.next_cursor)

    @blp.arguments(RosterQuery, location="query")
    @blp.arguments(NewCaseTeam)
    @blp.response(201, CaseTeamSchema)
    def post(self, query: dict[str, Any], given: dict[str, Any]) -> Mapping[str, Any]:
        """Form a team and name its lead."""
        return self._shown(teams.form(self.act, shares.find(self.act, **query), **given))

    def _shown(self, team: CaseTeam) -> Mapping[str, Any]:
        return _team(team, may_change=allows(self.act.actor, Permission.CASE_TEAM_FORM, team))


@blp.route("/teams/<int:team_id>")
class OneCaseTeam(Resource):
    """One team."""

    @blp.response(200, CaseTeamSchema)
    def get(self, team_id: int) -> Mapping[str, Any]:
        """Read a team."""
        team = teams.find(self.act, team_id)
        return _team(team, may_change=allows(self.act.actor, Permission.CASE_TEAM_FORM, team))


@blp.route("/teams/<int:team_id>/members")
class CaseTeamMembers(Resource):
    """Who is in a team."""

    @blp.arguments(NewCaseTeamMember)
    @blp.response(201, CaseTeamSchema)
    def post(self, given: dict[str, Any], team_id: int) -> Mapping[str, Any]:
        """Take somebody into a team."""
        team = self.expect(teams.find(self.act, team_id))
        return _team(teams.join(self.act, team, **given), may_change=True)


@blp.route("/teams/<int:team_id>/members/<int:person_id>")
class OneCaseTeamMember(Resource):
    """Somebody in a team."""

    @blp.response(200, CaseTeamSchema)
    def delete(self, team_id: int, person_id: int) -> Mapping[str, Any]:
        """Let somebody out of a team."""
        team = self.expect(teams.find(self.act, team_id))
        return _team(teams.leave(self.act, team, person_id=person_id), may_change=True)


@blp.route("/teams/<int:team_id>/end")
class CaseTeamEnd(Resource):
    """The end of a team."""

    @blp.arguments(CaseTeamEnding)
    @blp.response(200, CaseTeamSchema)
    def put(self, given: dict[str, date], team_id: int) -> Mapping[str, Any]:
        """End a team with a day."""
        team = self.expect(teams.find(self.act, team_id))
        return _team(teams.end(self.act, team, **given), may_change=True)


def _team(team: CaseTeam, *, may_change: bool) -> Mapping[str, Any]:
    same = ("id", "lead", "members", "from_on", "until_on", "version")
    return {name: getattr(team, name) for name in same} | {"may_change": may_change}
