"""Preferences over HTTP: when one is woken, and by what."""

import dataclasses
from typing import Any

from marshmallow import Schema, fields, validate

from api.resource import Blueprint, Resource
from api.wire import Instant
from notifications.messages import Notice, Urgency, notices
from services import preferences
from services.policy import PostKind
from services.preferences import (
    DEFAULTS,
    FEWEST,
    GROUPS,
    LONGEST_QUIET,
    MOST,
    MOST_DIGESTS,
    USUAL,
    Habits,
    KindGroup,
    Preferences,
)

blp = Blueprint(
    "preferences",
    __name__,
    url_prefix="/preferences",
    description="When one is woken, and by what; the inbox has everything at once.",
)


class HabitsSchema(Schema):
    """When somebody is woken, and by what; times of day are those of Asia/Shanghai."""

    quiet_from = fields.Time("%H:%M", required=True, allow_none=True, metadata={"example": "22:00"})
    quiet_until = fields.Time(
        "%H:%M",
        required=True,
        allow_none=True,
        metadata={
            "example": "07:00",
            "description": "Quiet hours may span midnight; they last twelve hours at the longest.",
        },
    )
    working_days_only = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Days off are quiet for what is not urgent."},
    )
    digest_at = fields.List(
        fields.Time("%H:%M"),
        required=True,
        validate=validate.Length(max=MOST_DIGESTS),
        metadata={
            "example": ["09:00", "17:00"],
            "description": "When what waits is told of with one push.",
        },
    )
    digest_tasks = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "Tasks wait for the digest too, and not only information."},
    )
    muted = fields.List(
        fields.Enum(KindGroup, by_value=True),
        required=True,
        validate=validate.Length(max=len(KindGroup)),
        metadata={
            "example": [KindGroup.SUPERVISION.value],
            "description": "Groups left to the inbox alone; kinds that are never silenced are "
            "told all the same.",
        },
    )
    cap = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(FEWEST, MOST),
        metadata={
            "example": USUAL,
            "description": "Pushes in any hour; what is urgent has twice as many.",
        },
    )


class PreferencesSchema(HabitsSchema):
    """What one has said; version 0 is what holds for one's post until something is said."""

    set_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PostHabits(Schema):
    """What holds for a post until its holder says otherwise."""

    post = fields.Enum(PostKind, by_value=True, required=True)
    habits = fields.Nested(HabitsSchema, required=True)


class KindNamed(Schema):
    """A kind of message."""

    kind = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    urgency = fields.Enum(Urgency, by_value=True, required=True)


class KindGroupSchema(Schema):
    """A group of messages, and which of them are told in any case."""

    group = fields.Enum(KindGroup, by_value=True, required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    mutable = fields.Boolean(required=True)
    never_muted = fields.List(
        fields.Nested(KindNamed),
        required=True,
        metadata={"description": "Kinds that are told although the group is silenced."},
    )


class PreferenceChoices(Schema):
    """What can be chosen."""

    groups = fields.List(fields.Nested(KindGroupSchema), required=True)
    defaults = fields.List(fields.Nested(PostHabits), required=True)
    fewest_in_an_hour = fields.Integer(required=True)
    most_in_an_hour = fields.Integer(required=True)
    most_digests = fields.Integer(required=True)
    longest_quiet_hours = fields.Integer(required=True)


@blp.route("")
class OwnPreferences(Resource):
    """One's own preferences."""

    @blp.response(200, PreferencesSchema)
    def get(self) -> dict[str, Any]:
        """Read when one is woken, and by what."""
        return _shown(preferences.find(self.act))

    @blp.arguments(HabitsSchema)
    @blp.response(200, PreferencesSchema)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Say when one is woken, and by what."""
        said = self.expect(preferences.find(self.act))
        habits = Habits(
            **given | {"digest_at": tuple(given["digest_at"]), "muted": frozenset(given["muted"])}
        )
        return _shown(preferences.change(self.act, said, habits=habits))


@blp.route("/choices")
class Choices(Resource):
    """What there is to choose."""

    @blp.response(200, PreferenceChoices)
    def get(self) -> dict[str, Any]:
        """Read the groups of messages, what is never silenced, and what holds for each post."""
        told = notices()
        return {
            "groups": [
                {
                    "group": group,
                    "zh": about.zh,
                    "en": about.en,
                    "mutable": about.mutable,
                    "never_muted": [
                        _named(kind, notice)
                        for kind, notice in sorted(told.items())
                        if about.mutable
                        and preferences.group_of(kind) is group
                        and (kind in preferences.TIMED or notice.urgency in _LOUD)
                    ],
                }
                for group, about in GROUPS.items()
            ],
            "defaults": [{"post": post, "habits": habits} for post, habits in DEFAULTS.items()],
            "fewest_in_an_hour": FEWEST,
            "most_in_an_hour": MOST,
            "most_digests": MOST_DIGESTS,
            "longest_quiet_hours": LONGEST_QUIET.seconds // 3600,
        }


def _shown(said: Preferences) -> dict[str, Any]:
    habits = {one.name: getattr(said.habits, one.name) for one in dataclasses.fields(Habits)}
    kept = {"muted": sorted(said.habits.muted), "set_at": said.set_at, "version": said.version}
    return habits | kept


_LOUD = frozenset({Urgency.URGENT, Urgency.ALARM})


def _named(kind: str, notice: Notice) -> dict[str, Any]:
    """The kind, with the title that its sample has in both languages."""
    words = notice.write(*notice.sample()) if notice.sample else None
    return {
        "kind": kind,
        "zh": words.said_in("zh").title if words else kind,
        "en": words.said_in("en").title if words else kind,
        "urgency": notice.urgency,
    }
