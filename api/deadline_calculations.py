"""The calculator over HTTP, and the table it counts by: anyone signed in can check a date."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.resource import Blueprint, Resource
from services import deadlines
from services.deadlines import Custody, ExclusionReason, Flag, Kind, Organ, RestartReason
from services.deadlines.engine.arithmetic import PeriodClass, Unit
from services.deadlines.engine.choices import Choice
from services.deadlines.engine.steps import Reading, StepCode
from services.deadlines.engine.wire import KINDS, calculation_as_plain, rule_as_plain

blp = Blueprint(
    "deadline_calculations",
    __name__,
    description="Any statutory period counted and explained, without a case; and the table.",
)

MOST_EVENTS = 30
"""More than has ever happened to one period."""
MOST_DAYS = 3650

_DAY = {"format": "date", "example": "2026-10-05"}
_INSTANT = {"format": "date-time", "example": "2026-09-08T09:20:00+08:00"}


class CustodyField(fields.Field[Custody]):
    """A state of custody by name, or true for held and false for at liberty; null is unknown."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Custody:
        if isinstance(value, bool):
            return Custody.HELD if value else Custody.AT_LIBERTY
        if isinstance(value, str) and value in {state.value for state in Custody}:
            return Custody(value)
        message = "Not a valid choice."
        raise ValidationError(message)


def _word(**metadata: Any) -> fields.String:
    return fields.String(required=True, metadata=metadata)


def _day() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata=_DAY)


def _instant() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata=_INSTANT)


class NewDeadlineEvent(Schema):
    """What happened to a period; each kind has its own fields."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    ground = fields.String(
        validate=validate.Length(1, 60),
        metadata={
            "description": "extended: the ground; without one, the next in the table's order.",
            "example": "special_circumstances",
        },
    )
    length = fields.Integer(
        strict=True,
        validate=validate.Range(1, MOST_DAYS),
        metadata={"description": "extended: how long, where the law leaves a range."},
    )
    on = fields.Date(metadata={"description": "extended, custody_changed: the day of it."})
    requested_on = fields.Date(metadata={"description": "extended: the day of the request."})
    reason = fields.String(
        validate=validate.OneOf([one.value for one in (*ExclusionReason, *RestartReason)]),
        metadata={"description": "excluded, restarted: why."},
    )
    from_on = fields.Date(metadata={"description": "excluded: from this day on."})
    until_on = fields.Date(metadata={"description": "excluded: until then; absent while it lasts."})
    days = fields.Integer(
        strict=True,
        validate=validate.Range(1, MOST_DAYS),
        metadata={"description": "travelled, used: how many."},
    )
    at = fields.String(
        validate=validate.Length(1, 40),
        metadata={"description": "restarted: the day, or the instant with its offset."},
    )
    custody = fields.Enum(
        Custody, by_value=True, metadata={"description": "custody_changed: into which state."}
    )


class NewDeadlineCalculation(Schema):
    """A rule, when it was triggered, and what happened since."""

    rule = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"example": "R01"}
    )
    trigger = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={
            "description": "A day (2026-09-05), or an instant with its offset where hours count.",
            "example": "2026-09-05",
        },
    )
    custody = CustodyField(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "At the trigger: a state by name, true for held, false for at liberty.",
            "type": ["string", "boolean"],
            "enum": [*(state.value for state in Custody), True, False, None],
        },
    )
    events = fields.List(
        fields.Nested(NewDeadlineEvent),
        load_default=list,
        validate=validate.Length(max=MOST_EVENTS),
        metadata={"description": "In the order in which they happened.", "example": []},
    )


class DeadlineEventSchema(Schema):
    """What happened to a period."""

    kind = _word(enum=list(KINDS))
    ground = fields.String()
    length = fields.Integer()
    on = fields.String(metadata=_DAY)
    requested_on = fields.String(metadata=_DAY)
    reason = fields.String(metadata={"example": "psychiatric_evaluation"})
    from_on = fields.String(metadata=_DAY)
    until_on = fields.String(metadata=_DAY)
    days = fields.Integer()
    at = fields.String(metadata={"example": "2026-10-05"})
    custody = fields.String(metadata={"enum": [state.value for state in Custody]})


class DeadlineStepSchema(Schema):
    """One step on the way to a date, with its article."""

    code = _word(enum=[code.value for code in StepCode])
    reading = fields.String(
        required=True,
        metadata={
            "enum": [reading.value for reading in Reading],
            "description": "To which date it leads: the day to keep, the outer limit, or both.",
        },
    )
    from_on = _day()
    length = fields.Integer(required=True, allow_none=True)
    on = _day()
    at = _instant()
    article = _word(example="CPL 105¶2")
    article_zh = _word(example="刑诉法105条2款")
    choice = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The question that the texts leave open, if this step answers one.",
            "enum": [*(choice.value for choice in Choice), None],
        },
    )
    choice_zh = fields.String(required=True, allow_none=True)
    choice_en = fields.String(required=True, allow_none=True)
    kept_zh = fields.String(
        required=True, allow_none=True, metadata={"description": "What is chosen there."}
    )
    kept_en = fields.String(required=True, allow_none=True)
    other_zh = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the latest reading that can be defended would give."},
    )
    other_en = fields.String(required=True, allow_none=True)
    zh = _word(example="收到之日（9月5日）不计入（刑诉法105条2款）")
    en = _word(example="the day of receipt (2026-09-05) is not counted [CPL 105¶2]")


class DeadlineCalculationSchema(Schema):
    """When a period ends, and why."""

    rule = _word(example="R01")
    kind = _word(enum=[kind.value for kind in Kind])
    title_zh = _word()
    title_en = _word()
    trigger = _word(example="review_received")
    trigger_zh = _word()
    trigger_en = _word()
    started = fields.String(
        required=True,
        metadata={"description": "A day, or an instant.", "example": "2026-09-05"},
    )
    custody = _word(enum=[state.value for state in Custody])
    events = fields.List(fields.Nested(DeadlineEventSchema), required=True)
    due_on = _day()
    outer_on = _day()
    due_at = _instant()
    outer_at = _instant()
    unrolled_on = _day()
    warn_on = _day()
    provisional = fields.Boolean(required=True)
    flags = fields.List(
        fields.String(metadata={"enum": [flag.value for flag in Flag]}), required=True
    )
    article = _word(example="CPL 172¶1")
    article_zh = _word(example="刑诉法172条1款")
    explanation_zh = _word()
    explanation_en = _word()
    steps = fields.List(fields.Nested(DeadlineStepSchema), required=True)


class DeadlineExtensionSchema(Schema):
    """A longer time that the law allows on a ground."""

    ground = _word(example="special_circumstances")
    more = fields.Integer(required=True)
    at_least = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Where the law leaves a range, its lower end; `more` the upper."},
    )
    unit = _word(enum=[unit.value for unit in Unit])
    in_one_go = fields.Boolean(
        required=True, metadata={"description": "Counted as a whole, not link by link."}
    )
    zh = _word()
    en = _word()
    by_zh = _word(description="Who grants it, where the text says so.")
    by_en = _word()
    article = _word()
    article_zh = _word()


class DeadlineRuleSchema(Schema):
    """One row of the table of statutory periods."""

    rule = _word(example="R01")
    kind = _word(enum=[kind.value for kind in Kind])
    title_zh = _word()
    title_en = _word()
    trigger = _word()
    trigger_zh = _word()
    trigger_en = _word()
    binds = _word(enum=[organ.value for organ in Organ])
    length = fields.Integer(required=True, allow_none=True)
    and_days = fields.Integer(required=True)
    unit = fields.String(
        required=True, allow_none=True, metadata={"enum": [*(unit.value for unit in Unit), None]}
    )
    class_ = fields.String(
        required=True,
        allow_none=True,
        data_key="class",
        attribute="class",
        metadata={"enum": [*(each.value for each in PeriodClass), None]},
    )
    extensions = fields.List(fields.Nested(DeadlineExtensionSchema), required=True)
    extends = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The rule of which it is itself an extension."},
    )
    restarts = fields.List(
        fields.String(metadata={"enum": [reason.value for reason in RestartReason]}),
        required=True,
        metadata={"description": "Why it may be counted again from the start."},
    )
    at_most = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "So often for one suspect, however often the case moves."},
    )
    per_case = fields.Boolean(required=True)
    article = _word()
    article_zh = _word()
    effective_from = fields.String(required=True, metadata=_DAY)
    effective_until = _day()
    note_zh = _word(example="")
    note_en = _word(example="")


class DeadlineRulesSchema(Schema):
    """The table, in the order of its sections."""

    items = fields.List(fields.Nested(DeadlineRuleSchema), required=True)


class DayQuery(Schema):
    """On which day."""

    on = fields.Date(
        load_default=None,
        metadata={"description": "The rows for what begins on that day; today without one."},
    )


@blp.route("/deadline-calculations")
class DeadlineCalculations(Resource):
    """The calculator."""

    @blp.arguments(NewDeadlineCalculation)
    @blp.response(200, DeadlineCalculationSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Count a period that is in no case, and say the steps to its end."""
        asked = deadlines.question(
            given["rule"],
            given["trigger"],
            given["custody"] or Custody.UNKNOWN,
            [_plain(event) for event in given["events"]],
        )
        return calculation_as_plain(deadlines.compute(self.act, asked))


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    schema = NewDeadlineEvent()
    dumped = schema.dump(event)
    assert isinstance(dumped, dict)  # noqa: S101  # one event, not a list of them
    return dumped


@blp.route("/deadline-rules")
class DeadlineRules(Resource):
    """The table of statutory periods."""

    @blp.arguments(DayQuery, location="query")
    @blp.response(200, DeadlineRulesSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the rows of the table for what begins on a day."""
        rows = deadlines.rules_on(query["on"] or self.act.today)
        return {"items": [rule_as_plain(rule) for rule in rows]}
