"""The draw of people's supervisors over HTTP: published, witnessed, held, run again by anybody."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from api.problems import refuse
from api.resource import Blueprint, Resource
from api.wire import Instant
from services import activities, draws, invitations, people
from services.draws import Draw, DrawExclusion, DrawState, RecusalBecause, SeatChange, verifier
from services.kernel.act import Act
from services.kernel.refusals import NotFound
from services.policy import Permission, allows

blp = Blueprint(
    "draws",
    __name__,
    description="The draw of people's supervisors, by commitment and revelation (PSUP-2021 20).",
)

_ID = validate.Range(1, 2**31 - 1)
_COMMITTED = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


class NewDrawExclusion(Schema):
    """Who is kept out of the draw to come, and for which ground."""

    supervisor_id = fields.Integer(required=True, strict=True, validate=_ID)
    because = fields.Enum(RecusalBecause, by_value=True, required=True)


class DrawExclusionSchema(Schema):
    """A supervisor who is kept out of a draw."""

    id = fields.Integer(required=True)
    supervisor_id = fields.Integer(required=True)
    because = fields.Enum(RecusalBecause, by_value=True, required=True)
    entered_at = Instant(required=True)


class DrawExclusionListSchema(Schema):
    """Whoever is kept out of a draw."""

    exclusions = fields.List(fields.Nested(DrawExclusionSchema), required=True)


class NewDrawWitness(Schema):
    """What the procuratorate adds after it has seen the commitment."""

    nonce = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"(?:[0-9a-f]{2}){16,32}\Z"),
        metadata={
            "description": "16 to 32 bytes in hexadecimal digits; left out, the server draws one.",
            "example": "00112233445566778899aabbccddeeff",
        },
    )


class DrawStratumSchema(Schema):
    """So many seats for a knowledge, or for `all`."""

    name = fields.String(required=True, metadata={"example": "all"})
    seats = fields.Integer(required=True)


class DrawCandidateSchema(Schema):
    """A supervisor of the pool, as published before the draw."""

    number = fields.Integer(required=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the organ and the procuratorate; null for supervisors."},
    )
    served = fields.Integer(required=True)
    weight = fields.Integer(required=True)
    fields_known = fields.List(fields.String(), required=True, metadata={"example": ["finance"]})
    excluded = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Codes: why not; empty for whoever can be drawn."},
    )


class DrawChangeSchema(Schema):
    """One thing that happened to the seats."""

    kind = fields.Enum(SeatChange, by_value=True, required=True)
    stratum = fields.String(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    because = fields.String(required=True, allow_none=True)
    wanted = fields.Integer(required=True, allow_none=True)
    happened_at = Instant(required=True)


class CalledOffDrawSchema(Schema):
    """A draw for the same that came to nothing: another seed was drawn after it."""

    id = fields.Integer(required=True)
    commitment = fields.String(required=True, metadata={"example": _COMMITTED})
    published_at = Instant(required=True)
    held_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Null: it was called off before anybody knew the outcome."},
    )


_CALLED_OFF = fields.List(
    fields.Nested(CalledOffDrawSchema),
    required=True,
    metadata={"description": "Earlier draws for the same work that were called off."},
)


class DrawSchema(Schema):
    """A draw, as all three parties see it."""

    id = fields.Integer(required=True)
    activity_id = fields.Integer(required=True)
    title = fields.String(required=True)
    starts_at = Instant(required=True)
    state = fields.Enum(DrawState, by_value=True, required=True)
    strata = fields.List(fields.Nested(DrawStratumSchema), required=True)
    candidates = fields.List(fields.Nested(DrawCandidateSchema), required=True)
    pool_sha256 = fields.String(required=True, metadata={"example": _COMMITTED})
    commitment = fields.String(required=True, metadata={"example": _COMMITTED})
    published_at = Instant(required=True)
    witness_until = Instant(
        required=True,
        metadata={"description": "After that the organ may hold it without a witness."},
    )
    witnessed_at = Instant(required=True, allow_none=True)
    nonce = fields.String(required=True, allow_none=True)
    witness_sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The witness keeps it: it binds the nonce to the commitment."},
    )
    held_at = Instant(required=True, allow_none=True)
    seed = fields.String(required=True, allow_none=True)
    changes = fields.List(fields.Nested(DrawChangeSchema), required=True)
    invited = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "The numbers of those who have a seat now."},
    )
    is_short = fields.Boolean(
        required=True, metadata={"description": "A seat stays empty: nobody is left for it."}
    )
    own_number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The reader's, where the reader is in the pool."},
    )
    called_off_before = _CALLED_OFF
    may_witness = fields.Boolean(required=True)
    may_hold = fields.Boolean(
        required=True, metadata={"description": "Witnessed, or the witness has had the time."}
    )
    version = fields.Integer(required=True)


class DrawPublicationSchema(Schema):
    """What the verifier reads; its own words say what each means."""

    scheme = fields.String(required=True, metadata={"example": verifier.SCHEME})
    draw = fields.Integer(required=True)
    pool = fields.Dict(
        required=True,
        metadata={"example": {"activity": 1, "strata": [], "candidates": []}},
    )
    pool_sha256 = fields.String(required=True, metadata={"example": _COMMITTED})
    commitment = fields.String(required=True, metadata={"example": _COMMITTED})
    nonce = fields.String(
        required=True, metadata={"description": "Empty where nobody witnessed the draw."}
    )
    witness_sha256 = fields.String(required=True, metadata={"example": _COMMITTED})
    seed = fields.String(required=True, allow_none=True)
    orders = fields.Dict(required=True, metadata={"example": {"all": [3, 1, 2]}})
    changes = fields.List(
        fields.Dict(),
        required=True,
        metadata={"example": [{"kind": "drawn", "stratum": "all", "candidate": 3}]},
    )
    invited = fields.List(fields.Integer(), required=True)
    published_at = fields.String(required=True)
    witnessed_at = fields.String(required=True, allow_none=True)
    held_at = fields.String(required=True, allow_none=True)
    witnessed = fields.Boolean(required=True)
    called_off_before = _CALLED_OFF


@blp.route("/activities/<int:activity_id>/exclusions")
class DrawExclusions(Resource):
    """Who is kept out of the draw to come."""

    @blp.response(200, DrawExclusionListSchema)
    def get(self, activity_id: int) -> dict[str, Any]:
        """List whom the organ keeps out of a draw."""
        activity = activities.find(self.act, activity_id)
        if not allows(self.act.actor, Permission.DRAW_EXCLUDE, activity):
            raise NotFound
        return {"exclusions": draws.exclusions_of(self.act, activity)}

    @blp.arguments(NewDrawExclusion)
    @blp.response(201, DrawExclusionSchema)
    def post(self, given: dict[str, Any], activity_id: int) -> DrawExclusion:
        """Keep a supervisor out of the draw to come."""
        return draws.exclude(self.act, activities.find(self.act, activity_id), **given)


@blp.route("/activities/<int:activity_id>/draw")
class ActivityDraw(Resource):
    """The draw of an activity."""

    @blp.response(200, DrawSchema)
    def get(self, activity_id: int) -> dict[str, Any]:
        """Read the draw of an activity."""
        return _shown(self.act, draws.of_activity(self.act, activity_id))

    @blp.response(201, DrawSchema)
    def post(self, activity_id: int) -> Any:
        """Publish pool, weights, exclusions and the commitment."""
        activity = self.expect(activities.find(self.act, activity_id))
        outcome = draws.publish(self.act, activity)
        if isinstance(outcome, draws.TooSmall):
            return refuse(outcome.refusal)
        self.act.session.flush()
        return _shown(self.act, outcome)


@blp.route("/draws/verifier")
class DrawVerifier(Resource):
    """The file with which anybody runs a draw again."""

    @blp.response(
        200,
        {"type": "string"},
        content_type="text/x-python",
        description="One file; it needs Python 3.11 and nothing else.",
    )
    def get(self) -> Response:
        """Download the verifier."""
        reply = Response(_verifier(), content_type="text/x-python; charset=utf-8")
        reply.headers["Content-Disposition"] = 'attachment; filename="verifier.py"'
        reply.headers["X-Content-Type-Options"] = "nosniff"
        return reply


@blp.route("/draws/<int:draw_id>")
class OneDraw(Resource):
    """One draw."""

    @blp.response(200, DrawSchema)
    def get(self, draw_id: int) -> dict[str, Any]:
        """Read a draw."""
        return _shown(self.act, draws.find(self.act, draw_id))


@blp.route("/draws/<int:draw_id>/publication")
class DrawPublication(Resource):
    """What the verifier reads."""

    @blp.response(
        200,
        DrawPublicationSchema,
        description="The file that the verifier reads: save it as draw.json.",
    )
    def get(self, draw_id: int) -> dict[str, Any]:
        """Read all that anybody needs to run a draw again."""
        draw = draws.find(self.act, draw_id)
        return draws.publication(draw) | {
            "called_off_before": draws.called_off_before(self.act.session, draw)
        }


@blp.route("/draws/<int:draw_id>/witness")
class DrawWitness(Resource):
    """The nonce of the procuratorate."""

    @blp.arguments(NewDrawWitness)
    @blp.response(200, DrawSchema)
    def put(self, given: dict[str, Any], draw_id: int) -> dict[str, Any]:
        """Witness a draw after having seen its commitment."""
        draw = self.expect(draws.find(self.act, draw_id))
        return _shown(self.act, draws.witness(self.act, draw, **given))


@blp.route("/draws/<int:draw_id>/outcome")
class DrawOutcome(Resource):
    """Who is drawn."""

    @blp.response(200, DrawSchema)
    def put(self, draw_id: int) -> dict[str, Any]:
        """Hold the draw: reveal the seed and invite."""
        draw = self.expect(draws.find(self.act, draw_id))
        return _shown(self.act, invitations.hold(self.act, draw))


@cache
def _verifier() -> bytes:
    return Path(verifier.__file__).read_bytes()


def _shown(act: Act, draw: Draw) -> dict[str, Any]:
    """The draw; names only for those who may read the register (PSUP-2021 18)."""
    act.session.flush()
    published = draws.publication(draw)
    pool = {one.supervisor_id: one.supervisor.person_id for one in draw.candidates}
    named = {} if _only_in_pool(act, draw) else people.names(act.session, list(pool.values()))
    own = [number for number, person_id in pool.items() if person_id == act.actor.id]
    until = draws.witness_until(act, draw)
    ahead = draw.activity.state is activities.ActivityState.DRAWING
    waited = draw.state is DrawState.WITNESSED or act.now >= until
    return {
        **{name: getattr(draw, name) for name in _KEPT},
        "title": draw.activity.title,
        "starts_at": draw.activity.starts_at,
        "candidates": _candidates(published["pool"]["candidates"], pool, named),
        "seed": published["seed"],
        "witness_until": until,
        "changes": [
            {"number": one.candidate_id} | {name: getattr(one, name) for name in _OF_CHANGE}
            for one in draw.changes
        ],
        "invited": published["invited"],
        "is_short": draw.state is DrawState.HELD and draws.is_short(draw),
        "own_number": own[0] if own else None,
        "called_off_before": draws.called_off_before(act.session, draw),
        "may_witness": ahead
        and draw.state is DrawState.PUBLISHED
        and allows(act.actor, Permission.DRAW_WITNESS, draw),
        "may_hold": ahead
        and draw.state is not DrawState.HELD
        and waited
        and allows(act.actor, Permission.DRAW_HOLD, draw),
    }


def _only_in_pool(act: Act, draw: Draw) -> bool:
    return act.actor.id in draw.pool_ids


def _candidates(
    published: Sequence[dict[str, Any]], pool: dict[int, int], names: dict[int, str]
) -> list[dict[str, Any]]:
    return [
        {
            "number": one["number"],
            "name": names.get(pool[one["number"]]),
            "served": one["served"],
            "weight": one["weight"],
            "fields_known": one["fields"],
            "excluded": one["excluded"],
        }
        for one in published
    ]


_KEPT = (
    "id",
    "activity_id",
    "state",
    "strata",
    "pool_sha256",
    "commitment",
    "published_at",
    "witnessed_at",
    "nonce",
    "witness_sha256",
    "held_at",
    "version",
)
_OF_CHANGE = ("kind", "stratum", "because", "wanted", "happened_at")
