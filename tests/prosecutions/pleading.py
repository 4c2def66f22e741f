"""What a plea needs, said once: whole steps that a test spoils in one place."""

from typing import Any

from services import proceedings
from services.kernel.act import Act
from services.prosecutions import Prosecution, pleas
from tests.make import Make, Town

TOLD: dict[str, Any] = {"form": "written", "answer": "pleads", "lawyer": "nobody"}
REVIEWED: dict[str, Any] = {
    "found": ["voluntary", "sound_mind", "understands", "told_and_heard"],
    "summary": "侦查阶段认罪认罚系自愿。",
}
TOPICS = ["facts_and_law", "leniency", "procedure"]
PRISON: dict[str, Any] = {
    "penalty": {
        "main": "imprisonment",
        "term": {"months": 8},
        "additional": [{"kind": "fine", "amount": 200_000}],
    }
}
SUSPENDED: dict[str, Any] = {
    "penalty": {
        "main": "imprisonment",
        "term": {"months": 8},
        "suspended_for": {"months": 12},
        "additional": [{"kind": "fine", "amount": 200_000}],
    }
}
RECOMMENDED: dict[str, Any] = {
    "recommendation": PRISON,
    "procedure": "expedited",
    "civil_claim": "none",
}
SIGNED: dict[str, Any] = {
    "contents": ["confession", "recommendation", "procedure"],
    "signed": ["suspect", "lawyer"],
    "lawyer": "duty_lawyer",
    "presence": "in_person",
}


def take(act: Act, prosecution: Prosecution, step: str, given: dict[str, Any]) -> Any:
    return proceedings.take(act, prosecution, step, given)


def hear(act: Act, prosecution: Prosecution, heard: str, **given: Any) -> Any:
    said: dict[str, Any] = {
        "heard": heard,
        "form": "in_person",
        "topics": TOPICS,
        "on": act.today,
        "recorded": True,
        "file_offered": True,
    }
    return take(act, prosecution, "hear_plea_opinion", said | given)


def tell(act: Act, prosecution: Prosecution, **given: Any) -> None:
    take(act, prosecution, "tell_plea_rights", TOLD | given)
    if pleas.stated(prosecution):
        take(act, prosecution, "review_plea", REVIEWED)


def notify(act: Act, prosecution: Prosecution, days: int = 3) -> Any:
    given = {"body": "云青区法律援助中心", "help_on": act.today.replace(day=act.today.day + days)}
    return take(act, prosecution, "notify_duty_lawyer", given)


def ready_to_sign(make: Make, town: Town, prosecution: Prosecution, **recommended: Any) -> Act:
    """Everything before the signing, with a duty lawyer and without a victim."""
    act = make.act(town.prosecutor)
    tell(act, prosecution)
    notify(act, prosecution)
    hear(act, prosecution, "suspect")
    hear(act, prosecution, "duty_lawyer")
    hear(act, prosecution, "victim", form="no_victim", topics=[])
    take(act, prosecution, "recommend", RECOMMENDED | recommended)
    return act


def signed(make: Make, town: Town, prosecution: Prosecution, **recommended: Any) -> Act:
    act = ready_to_sign(make, town, prosecution, **recommended)
    take(act, prosecution, "sign_statement", SIGNED | {"on": act.today})
    return act
