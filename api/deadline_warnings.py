"""How one's procuratorate wants to be warned of periods that near their end, over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.people import PersonSchema
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import people
from services.deadlines import warning_settings
from services.deadlines.tiers import DEFAULT, Tier
from services.deadlines.warning_settings import (
    LADDER,
    MOST_AT_ONCE,
    MOST_DAYS,
    MOST_FOR_RULE,
    MOST_HOURS,
    Rung,
    WarningSettings,
    tiers_as_plain,
)
from services.kernel.act import Act

blp = Blueprint(
    "deadline_warnings",
    __name__,
    url_prefix="/deadline-warnings",
    description="How long before the end of a period one is warned, and who hears.",
)

_OFFICE = fields.Integer(
    load_default=None,
    validate=validate.Range(1, 2**31 - 1),
    metadata={"description": "Which procuratorate, where one holds posts in several."},
)


def _leads(words: str, most: int, example: tuple[int, ...]) -> fields.List[Any]:
    number = fields.Integer(strict=True, validate=validate.Range(1, most))
    return fields.List(
        number,
        required=True,
        validate=validate.Length(1, 3),
        metadata={"description": words, "example": list(example)},
    )


class RuleTiersSchema(Schema):
    """How long before its end one rule is warned of, whatever its length."""

    rule_id = fields.String(
        required=True,
        validate=validate.Length(1, 8),
        metadata={"description": "A rule that has a last day or hour.", "example": "D06"},
    )
    leads = _leads(
        "Days; hours where the rule is counted in hours.", max(MOST_FOR_RULE.values()), (3, 1)
    )


class TiersSchema(Schema):
    """How long before the end each tier lies, by the length of the period; descending."""

    months = _leads("Days, for more than fifteen days.", MOST_DAYS, DEFAULT.months)
    fortnight = _leads("Days, for eight to fifteen days.", MOST_DAYS, DEFAULT.fortnight)
    week = _leads("Days, for four to seven days.", MOST_DAYS, DEFAULT.week)
    days = _leads("Days, for up to three days.", MOST_DAYS, DEFAULT.days)
    long_hours = _leads(
        "Hours, for more than twelve hours.", MOST_HOURS["long_hours"], DEFAULT.long_hours
    )
    short_hours = _leads(
        "Hours, for up to twelve hours.", MOST_HOURS["short_hours"], DEFAULT.short_hours
    )
    at_once = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MOST_AT_ONCE),
        metadata={"description": "Hours after which one is asked after what is due at once."},
    )
    rules = fields.List(
        fields.Nested(RuleTiersSchema),
        load_default=list,
        validate=validate.Length(max=len(MOST_FOR_RULE)),
        metadata={"description": "Rules that are warned of in their own way."},
    )


def _rungs(tier: Tier) -> fields.List[Any]:
    return fields.List(
        fields.Enum(Rung, by_value=True),
        required=True,
        validate=validate.Length(1, len(Rung)),
        metadata={"example": [rung.value for rung in LADDER[tier]]},
    )


class LadderSchema(Schema):
    """Who hears at each tier; of an expired period always the chief and whoever watches."""

    lingering = _rungs(Tier.LINGERING)
    first = _rungs(Tier.FIRST)
    second = _rungs(Tier.SECOND)
    last = _rungs(Tier.LAST)
    due_passed = _rungs(Tier.DUE_PASSED)
    expired = _rungs(Tier.EXPIRED)


class DeadlineWarningsSchema(Schema):
    """How a procuratorate wants to be warned; version 0 is what holds until it has said so."""

    procuratorate_id = fields.Integer(required=True)
    tiers = fields.Nested(TiersSchema, required=True)
    ladder = fields.Nested(LadderSchema, required=True)
    set_at = Instant(required=True, allow_none=True)
    set_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    version = fields.Integer(required=True)


class NewDeadlineWarnings(Schema):
    """All tiers and the whole ladder."""

    tiers = fields.Nested(TiersSchema, required=True)
    ladder = fields.Nested(LadderSchema, required=True)


class OfficeQuery(Schema):
    """Whose settings."""

    procuratorate_id = _OFFICE


@blp.route("")
class DeadlineWarnings(Resource):
    """The settings of one's procuratorate."""

    @blp.arguments(OfficeQuery, location="query")
    @blp.response(200, DeadlineWarningsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Read how one's procuratorate wants to be warned."""
        return _shown(self.act, warning_settings.find(self.act, **query))

    @blp.arguments(OfficeQuery, location="query")
    @blp.arguments(NewDeadlineWarnings)
    @blp.response(200, DeadlineWarningsSchema)
    def put(self, query: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say how one's procuratorate wants to be warned."""
        settings = self.expect(warning_settings.find(self.act, **query))
        ladder = {Tier(tier): tuple(rungs) for tier, rungs in given["ladder"].items()}
        tiers = warning_settings.tiers_of(given["tiers"])
        changed = warning_settings.change(self.act, settings, tiers=tiers, ladder=ladder)
        return _shown(self.act, changed)


def _shown(act: Act, settings: WarningSettings) -> dict[str, Any]:
    by_id = settings.set_by
    names = people.names(act.session, [by_id]) if by_id is not None else {}
    return {
        "procuratorate_id": settings.procuratorate_id,
        "tiers": tiers_as_plain(settings.tiers),
        "ladder": {tier.value: settings.heard_by(tier) for tier in LADDER},
        "set_at": settings.set_at,
        "set_by": {"id": by_id, "name": names[by_id]} if by_id is not None else None,
        "version": settings.version,
    }
