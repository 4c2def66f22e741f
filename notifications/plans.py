"""What people hear about plans."""

from datetime import date

from notifications.audiences import person
from notifications.messages import Message, Urgency, Words, on, topic_of
from services.plans import Plan, PlanAccepted, PlanImproved

DRAWER = person("drawn_up_by")
"""Whoever asked for the plan."""


def _sample() -> Plan:
    return Plan(id=3, from_on=date(2026, 3, 9), days=5, drawn_up_by=2)


def _link(plan: Plan) -> str:
    return f"/plans/{plan.id}"


@on(
    PlanImproved,
    about=Plan,
    to=DRAWER,
    urgency=Urgency.TASK,
    topic=topic_of("plan"),
    sample=lambda: (PlanImproved(3, 40, 6), _sample()),
)
def plan_improved(event: PlanImproved, plan: Plan) -> Message:
    """Tell who asked that the plan is ready to be looked at."""
    return Message(
        "讯问排期方案待审定",
        f"{plan.from_on:%m月%d日}起{plan.days}天的方案已优化：已排{event.placed}件，"
        f"调整{event.moved}件。审定后才会预约。",
        _link(plan),
        en=Words(
            "A plan of interrogations awaits a decision",
            f"The plan for {plan.days} days from {plan.from_on:%Y-%m-%d} was improved: "
            f"{event.placed} placed, {event.moved} moved. Nothing is booked before it is "
            "accepted.",
        ),
    )


@on(
    PlanAccepted,
    about=Plan,
    to=DRAWER,
    topic=topic_of("plan"),
    sample=lambda: (PlanAccepted(3, 38, 2), _sample()),
)
def plan_accepted(event: PlanAccepted, plan: Plan) -> Message:
    """Tell who asked what came of it."""
    return Message(
        "讯问排期方案已采纳",
        f"已预约{event.booked}件，未能预约{event.refused}件。",
        _link(plan),
        en=Words(
            "A plan of interrogations was accepted",
            f"{event.booked} booked, {event.refused} could not be booked.",
        ),
    )
