"""What one does with tasks over HTTP: take them on, pass them on, come back to them; counters."""

from hashlib import sha256
from typing import Any

from flask import Response, make_response, request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.batches import BatchProblemSchema, problem_of
from api.offices import BIGGEST
from api.paging import Page, PageQuery, page, page_of
from api.resource import Blueprint, Resource
from api.tasks import RECORDS, TaskSchema, moved, seen
from api.wire import Instant
from services import people, tasks
from services.assignments import teams
from services.kernel.act import SHANGHAI, Act
from services.people import Person
from services.policy import Permission, allows
from services.tasks import Task, TaskMove, TaskStep, follow_ups
from services.tasks.batches import MOST, TaskResult, each
from services.tasks.records import ReleaseReason

blp = Blueprint(
    "task_moves",
    __name__,
    url_prefix="",
    description="Who takes on what lies with a post; what one wants to come back to.",
)

_ID = validate.Range(1, BIGGEST)
_WORDS = validate.Length(1, 1000)
BULK = (
    TaskStep.CLAIM,
    TaskStep.RETURN,
    TaskStep.ASSIGN,
    TaskStep.DELEGATE,
    TaskStep.FOLLOW_UP,
    TaskStep.COMPLETE,
    TaskStep.CANCEL,
)
NEEDED = {
    TaskStep.RETURN: ("reason",),
    TaskStep.ASSIGN: ("reason", "to_id"),
    TaskStep.DELEGATE: ("reason", "to_id"),
    TaskStep.CANCEL: ("reason",),
}
"""What a step of a batch cannot do without."""


class TaskReceiver(Schema):
    """Who takes a task on, and why that person."""

    to_id = fields.Integer(required=True, strict=True, validate=_ID)
    reason = fields.String(required=True, validate=_WORDS, metadata={"example": "周某外出取证"})


class TaskReason(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_WORDS, metadata={"example": "与本人有关"})


class TaskReminder(Schema):
    """When to be reminded; nothing takes the reminder back."""

    on = fields.Date(required=True, allow_none=True)


class NewFollowUp(Schema):
    """Something to look after by a day, by oneself or by somebody one leads."""

    to_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=_ID)
    words = fields.String(
        required=True, validate=_WORDS, metadata={"example": "向看守所核对送达回证"}
    )
    due_on = fields.Date(required=True)
    about_kind = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(sorted(RECORDS)),
        metadata={"example": None},
    )
    about_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=_ID, metadata={"example": None}
    )

    @validates_schema
    def _both_or_neither(self, given: dict[str, Any], **_: Any) -> None:
        if (given["about_kind"] is None) != (given["about_id"] is None):
            raise ValidationError({"about_id": ["about_kind and about_id go together."]})


class TaskMoveSchema(Schema):
    """One move of a task."""

    id = fields.Integer(required=True)
    step = fields.Enum(TaskStep, by_value=True, required=True)
    by_id = fields.Integer(required=True, metadata={"description": "0 is the house itself."})
    by_name = fields.String(required=True, allow_none=True, metadata={"example": "钱某"})
    from_id = fields.Integer(required=True, allow_none=True)
    to_id = fields.Integer(required=True, allow_none=True)
    to_name = fields.String(required=True, allow_none=True, metadata={"example": "周某"})
    at = Instant(required=True)
    why = fields.Enum(ReleaseReason, by_value=True, required=True, allow_none=True)
    until_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class TaskMovesSchema(Schema):
    """Every move of a task, the oldest first."""

    items = fields.List(fields.Nested(TaskMoveSchema), required=True)


class TaskHolderSchema(Schema):
    """Somebody who could take a task on."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"example": "周某"})


class TaskCountsSchema(Schema):
    """How many tasks lie open with the reader."""

    open = fields.Integer(
        required=True, metadata={"description": "One's own, and what one has taken on."}
    )
    overdue = fields.Integer(required=True)
    due_today = fields.Integer(required=True)
    due_soon = fields.Integer(
        required=True, metadata={"description": "Within three days from tomorrow on."}
    )
    to_follow_up = fields.Integer(required=True)
    unclaimed = fields.Integer(
        required=True, metadata={"description": "Of one's posts: taken on by nobody."}
    )


class NewTaskBatch(Schema):
    """The same move of several tasks."""

    step = fields.Enum(
        TaskStep,
        by_value=True,
        required=True,
        validate=validate.OneOf(BULK),
        metadata={"example": "claim"},
    )
    ids = fields.List(
        fields.Integer(strict=True, validate=_ID), required=True, validate=validate.Length(1, MOST)
    )
    reason = fields.String(load_default=None, allow_none=True, validate=_WORDS)
    to_id = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=_ID, metadata={"example": None}
    )
    follow_up_on = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def _whole(self, given: dict[str, Any], **_: Any) -> None:
        missing = [one for one in NEEDED.get(given["step"], ()) if given[one] is None]
        if missing:
            raise ValidationError({one: ["This step needs it."] for one in missing})


class TaskResultSchema(Schema):
    """What came of one task."""

    id = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["done", "refused"]))
    task = fields.Nested(TaskSchema, required=True, allow_none=True)
    problem = fields.Nested(BatchProblemSchema, required=True, allow_none=True)


class TaskBatchSchema(Schema):
    """What came of a batch, in the order in which it was asked."""

    step = fields.Enum(TaskStep, by_value=True, required=True)
    items = fields.List(fields.Nested(TaskResultSchema), required=True)


@blp.route("/tasks/<int:task_id>")
class OneTask(Resource):
    """One task."""

    @blp.response(200, TaskSchema)
    def get(self, task_id: int) -> dict[str, Any]:
        """Read a task of one's own, of a pool one belongs to or leads, or one that one asked for.

        Of what one may not see, nothing is told but that there is a task.
        """
        return _one(self.act, tasks.find(self.act, task_id))


@blp.route("/tasks/<int:task_id>/claim")
class TaskClaim(Resource):
    """Taking a task on."""

    @blp.response(200, TaskSchema)
    def put(self, task_id: int) -> dict[str, Any]:
        """Take on a task that lies with everyone of a post."""
        task = tasks.find(self.act, task_id)
        tasks.claim(self.act, task)
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/assignment")
class TaskAssignment(Resource):
    """Who of a pool takes a task on."""

    @blp.arguments(TaskReceiver)
    @blp.response(200, TaskSchema)
    def put(self, given: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Say who of a pool takes a task on."""
        task = tasks.find(self.act, task_id)
        tasks.assign(self.act, task, **given)
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/delegation")
class TaskDelegation(Resource):
    """Passing a task on."""

    @blp.arguments(TaskReceiver)
    @blp.response(200, TaskSchema)
    def put(self, given: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Pass on what one has taken on to another holder of the post."""
        task = tasks.find(self.act, task_id)
        tasks.delegate(self.act, task, **given)
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/return")
class TaskReturn(Resource):
    """Giving a task back."""

    @blp.arguments(TaskReason)
    @blp.response(200, TaskSchema)
    def put(self, given: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Give a task back to its pool; who leads the pool takes it back from whoever has it."""
        task = tasks.find(self.act, task_id)
        _return(self.act, task, given["reason"])
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/follow-up")
class TaskFollowUp(Resource):
    """A reminder of a task."""

    @blp.arguments(TaskReminder)
    @blp.response(200, TaskSchema)
    def put(self, given: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Say on which day to be reminded of a task one has."""
        task = tasks.find(self.act, task_id)
        tasks.follow_up(self.act, task, on=given["on"])
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/completion")
class TaskCompletion(Resource):
    """A follow-up that was looked after."""

    @blp.response(200, TaskSchema)
    def put(self, task_id: int) -> dict[str, Any]:
        """Say that a follow-up was looked after."""
        task = tasks.find(self.act, task_id)
        tasks.complete(self.act, task)
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/cancellation")
class TaskCancellation(Resource):
    """A follow-up that is no longer wanted."""

    @blp.arguments(TaskReason)
    @blp.response(200, TaskSchema)
    def put(self, given: dict[str, Any], task_id: int) -> dict[str, Any]:
        """Say that a follow-up is no longer wanted."""
        task = tasks.find(self.act, task_id)
        tasks.call_off(self.act, task, reason=given["reason"])
        return _one(self.act, task)


@blp.route("/tasks/<int:task_id>/moves")
class TaskMoves(Resource):
    """What was done with a task."""

    @blp.response(200, TaskMovesSchema)
    def get(self, task_id: int) -> dict[str, Any]:
        """List every move of a task."""
        return {"items": _moves(self.act, tasks.find(self.act, task_id))}


@blp.route("/tasks/<int:task_id>/holders")
class TaskHolders(Resource):
    """Who could take a task on."""

    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(TaskHolderSchema))
    def get(self, query: dict[str, Any], task_id: int) -> Page[Person]:
        """List the holders of a task's post who are there today."""
        task = tasks.find(self.act, task_id)
        return page(self.act.session, tasks.holders(self.act, task), Person.id, **query)


@blp.route("/follow-ups")
class FollowUps(Resource):
    """What somebody is to look after."""

    @blp.arguments(NewFollowUp)
    @blp.response(201, TaskSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Ask oneself, or somebody one leads, to look after something by a day."""
        to_id = given["to_id"] or self.act.actor.id
        leads = self.act.session.scalars(teams.leads_of(to_id, self.act.today))
        to = follow_ups.assignee(self.act, to_id, leads.all())
        about = _about(self.act, to_id, given["about_kind"], given["about_id"])
        task = follow_ups.entrust(
            self.act, to, words=given["words"], due_on=given["due_on"], about=about
        )
        return _one(self.act, task)


@blp.route("/task-counts")
class TaskCounts(Resource):
    """How many tasks there are."""

    @blp.response(200, TaskCountsSchema)
    def get(self) -> Response | tuple[Any, int, dict[str, str]]:
        """Count one's open tasks; 304 to whoever knows the numbers already."""
        counted = tasks.counts(self.act)
        tag = sha256(f"{self.act.actor.id} {counted}".encode()).hexdigest()[:16]
        if request.if_none_match.contains(tag):
            unchanged = make_response("", 304)
            unchanged.set_etag(tag)
            return unchanged
        return counted, 200, {"ETag": f'"{tag}"'}


@blp.route("/task-batches")
class TaskBatches(Resource):
    """One move of several tasks."""

    @blp.arguments(NewTaskBatch)
    @blp.response(200, TaskBatchSchema)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Make the same move of several tasks; each is done wholly, or refused alone."""
        results = each(self.act, given["ids"], lambda task: _do(self.act, task, given))
        return {"step": given["step"], "items": _results(self.act, results)}


def _do(act: Act, task: Task, given: dict[str, Any]) -> None:
    step, reason, to_id = given["step"], given["reason"], given["to_id"]
    if step is TaskStep.CLAIM:
        tasks.claim(act, task)
    elif step is TaskStep.RETURN:
        _return(act, task, reason)
    elif step is TaskStep.ASSIGN:
        tasks.assign(act, task, to_id=to_id, reason=reason)
    elif step is TaskStep.DELEGATE:
        tasks.delegate(act, task, to_id=to_id, reason=reason)
    elif step is TaskStep.FOLLOW_UP:
        tasks.follow_up(act, task, on=given["follow_up_on"])
    elif step is TaskStep.COMPLETE:
        tasks.complete(act, task)
    else:
        tasks.call_off(act, task, reason=reason)


def _return(act: Act, task: Task, reason: str) -> TaskMove:
    """Give back what is one's own; take back what another has, where one leads the pool."""
    others = task.claimed_by != act.actor.id
    if others and allows(act.actor, Permission.TASK_ALLOT, task):
        return tasks.recall(act, task, reason=reason)
    return tasks.give_back(act, task, reason=reason)


def _about(act: Act, to_id: int, about_kind: str | None, about_id: int | None) -> Any:
    """The record, if both who asks and who is asked see it."""
    if about_kind is None or about_id is None:
        return None
    if to_id != act.actor.id:
        actor = people.actor_of(act.session, to_id, act.now.astimezone(SHANGHAI).date())
        seen(Act(actor, act.now, act.session), about_kind, about_id)
    return seen(act, about_kind, about_id)


def _one(act: Act, task: Task) -> dict[str, Any]:
    (told,) = moved(act, [task])
    return told


def _results(act: Act, results: list[TaskResult]) -> list[dict[str, Any]]:
    done = [one.task for one in results if one.task is not None]
    told = {one["id"]: one for one in moved(act, done)}
    return [
        {
            "id": one.id,
            "outcome": "refused" if one.refusal else "done",
            "task": told.get(one.id),
            "problem": problem_of(one.refusal),
        }
        for one in results
    ]


def _moves(act: Act, task: Task) -> list[dict[str, Any]]:
    moves = tasks.moves_of(act, task)
    named = {one for move in moves for one in (move.by_id, move.to_id) if one}
    names = people.names(act.session, named)
    return [
        {name: getattr(move, name) for name in _TOLD}
        | {"by_name": names.get(move.by_id), "to_name": names.get(move.to_id or 0)}
        for move in moves
    ]


_TOLD = ("id", "step", "by_id", "from_id", "to_id", "at", "why", "until_on", "reason")
