"""What the indictment says, part by part: charges, numbered facts, circumstances, recommendation.

`Prosecution.indictment` is read and written here only. It is the accusation that the judgment is
compared with (`judgments.py`), so it is changed when the indictment is, and with nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.deadlines.engine.articles import law
from services.proceedings.table import Field, FieldKind, Guard, Taking, Unreadable, choices, fault
from services.prosecutions import pleas
from services.prosecutions.records import Prosecution
from services.prosecutions.weighing import read, weighed
from services.sentencing import (
    Accusation,
    Circumstance,
    Fact,
    Penalty,
    Problems,
    Recommendation,
    TrialProcedure,
    as_plain,
    of_plain,
    recommendation_problems,
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The facts of a table, as sentencing reads them."""

    facts: tuple[Fact, ...]


def read_facts(_taking: Taking, value: Any) -> tuple[Fact, ...]:
    """The numbered facts that a table lists.

    Raises:
        Unreadable: it is no list of facts, or two bear one number.
    """
    try:
        facts = read(_Listed, {"facts": value}).facts
    except Unreadable as error:
        within = [one | {"pointer": one["pointer"].removeprefix("/facts")} for one in error.faults]
        raise Unreadable(within) from error
    if len({one.number for one in facts}) < len(facts):
        raise Unreadable(
            [fault("", "numbered_twice", "两起事实的序号相同。", "Two facts bear one number.")]
        )
    return facts


def read_recommendation(_taking: Taking, value: Any) -> Recommendation:
    """The recommendation of a table.

    Raises:
        Unreadable: it is none.
    """
    return read(Recommendation, value)


def read_penalty(_taking: Taking, value: Any) -> Penalty:
    """The penalty of a table.

    Raises:
        Unreadable: it is none.
    """
    return read(Penalty, value)


def circumstances(zh: str, en: str) -> Field:
    """The circumstances that are said to be there."""
    listed = [(one.value, one.zh, one.en) for one in Circumstance]
    return choices("circumstances", zh, en, *listed, required=False)


CHARGES = Field("charges", FieldKind.CHARGES, "指控的罪名", "Charges", required=False)
FACTS = Field(
    "facts",
    FieldKind.TABLE,
    "逐起事实（序号、罪名、数额、情节）",
    "The facts, one by one: number, charge, amount in fen, circumstances",
    required=False,
    reads=read_facts,
)
CIRCUMSTANCES = circumstances("量刑情节", "Circumstances that weigh on the sentence")
RECOMMENDATION = Field(
    "recommendation",
    FieldKind.TABLE,
    "量刑建议（刑种、刑期、附加刑、缓刑）",
    "The recommended penalty",
    required=False,
    reads=read_recommendation,
)


def charged(taking: Taking) -> frozenset[int]:
    """The charges that are named; where none is, those under which the suspect stands here."""
    return frozenset(taking.given.get("charges") or taking.suspect.charge_ids)


def recommended(taking: Taking) -> Recommendation | None:
    """What is recommended: as said, or as the suspect signed it (CPL 176¶2)."""
    said = taking.given.get("recommendation")
    if said is not None:
        return read_recommendation(taking, said)
    plea = pleas.of(taking.subject)
    return plea.recommendation if plea.settled else None


def of(prosecution: Prosecution) -> Accusation | None:
    """What the indictment says, if it was written part by part."""
    plain = prosecution.indictment
    return None if plain is None else of_plain(Accusation, plain)


def keep(taking: Taking) -> None:
    """Keep what the indictment says now."""
    given, plea = taking.given, pleas.of(taking.subject)
    found = {Circumstance(one) for one in given.get("circumstances") or ()}
    if plea.settled:
        found.add(Circumstance.PLEA)
    _write(
        taking,
        Accusation(
            suspect_id=taking.suspect.id,
            charges=charged(taking),
            facts=_facts(taking, given),
            circumstances=frozenset(found),
            recommendation=recommended(taking),
            procedure=TrialProcedure(given["procedure"]),
        ),
    )


def amend(taking: Taking) -> None:
    """Let the accusation say what the changed indictment says; the rest of it stays (423).

    A supplement (补充起诉) comes beside what was charged before.
    """
    given, before = taking.given, of(taking.subject)
    accusation = before or Accusation(taking.suspect.id, charged(taking), ())
    beside = _supplements(taking)
    changes: dict[str, Any] = {}
    if given.get("charges"):
        named = frozenset(given["charges"])
        changes["charges"] = accusation.charges | named if beside else named
    if given.get("facts"):
        facts = _facts(taking, given)
        changes["facts"] = (*accusation.facts, *facts) if beside else facts
    if given.get("circumstances"):
        changes["circumstances"] = frozenset(Circumstance(one) for one in given["circumstances"])
    if given.get("recommendation"):
        changes["recommendation"] = read_recommendation(taking, given["recommendation"])
    _write(taking, replace(accusation, **changes))


def _facts(taking: Taking, given: Mapping[str, Any]) -> tuple[Fact, ...]:
    said = given.get("facts")
    return read_facts(taking, said) if said else ()


def _supplements(taking: Taking) -> bool:
    return bool(taking.given.get("kind") == "supplement")


def _write(taking: Taking, accusation: Accusation) -> None:
    taking.subject.indictment = as_plain(accusation)


# --- guards ----------------------------------------------------------------------------------


def _facts_are_charged(taking: Taking) -> bool:
    before = of(taking.subject)
    named = charged(taking) | (before.charges if before is not None else frozenset())
    return all(
        one.charge_id is None or one.charge_id in named for one in _facts(taking, taking.given)
    )


def _numbered_on(taking: Taking) -> bool:
    before = of(taking.subject)
    if before is None or not _supplements(taking):
        return True
    numbers = {one.number for one in before.facts}
    return all(one.number not in numbers for one in _facts(taking, taking.given))


def _against_recommendation(taking: Taking) -> Problems:
    said = taking.given.get("recommendation")
    if said is None:
        return ()
    traits = taking.given.get("circumstances") or ()
    return recommendation_problems(
        read_recommendation(taking, said),
        pleas.person(taking.suspect, traits, taking.act.today),
        crimes=max(1, len(charged(taking))),
    )


def _as_signed(taking: Taking) -> bool:
    plea, said = pleas.of(taking.subject), taking.given.get("recommendation")
    if said is None or not plea.settled or plea.recommendation is None:
        return True
    return read_recommendation(taking, said) == plea.recommendation


CHARGE_NAMED = Guard(
    "no_charge",
    "起诉书应当写明指控的罪名。",
    "The indictment names the charge.",
    law("RULES 358¶2(4)"),
    lambda taking: bool(charged(taking)),
)
FACTS_CHARGED = Guard(
    "fact_without_charge",
    "逐起事实所列罪名应当是起诉书指控的罪名。",
    "A fact is listed under a charge that the indictment does not name.",
    law("RULES 358¶2(3)", "RULES 358¶2(4)"),
    _facts_are_charged,
)
NUMBERED_ON = Guard(
    "fact_numbered_before",
    "补充的事实应当接着原起诉书的序号编写。",
    "Supplemented facts are numbered on from those of the indictment.",
    law("RULES 358¶2(3)", "RULES 423"),
    _numbered_on,
)
AS_SIGNED = Guard(
    "not_as_signed",
    "量刑建议应当与认罪认罚具结书一致；需要调整的，应当重新听取意见并签署具结书。",
    "The recommendation is the one of the signed statement; another is signed anew.",
    law("CPL 174¶1", "CPL 176¶2"),
    _as_signed,
)
LAWFUL_RECOMMENDATION = weighed(
    "recommendation_unlawful",
    "量刑建议不符合刑法总则的规定。",
    "The recommendation is not what the general part of the Criminal Law allows.",
    law("RULES 364¶1"),
    _against_recommendation,
)
