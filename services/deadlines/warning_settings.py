"""How a procuratorate wants to be warned: how long before the end, and who hears at which tier.

No text sets a number of days, and the ladder from the handler to the head to the chief is
practice (RULES 620 speaks only of the reminder by case management). What is not for an office to
switch off: that case management hears of its own expired periods, and execution supervision or
the handling department of the police's and courts' (RULES 613, 664).
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.deadlines.engine.arithmetic import Unit
from services.deadlines.engine.rules import Kind
from services.deadlines.engine.table import TABLE
from services.deadlines.records import Deadline
from services.deadlines.tiers import DEFAULT, MOST_LEADS, Tier, Tiers, descending
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import NotFound, Stale, Unprocessable
from services.policy import Permission, PostKind, demands

ONE_FOR_AN_OFFICE = "warning_settings_pkey"
READERS = (PostKind.CASE_MANAGER, PostKind.CHIEF_PROCURATOR, PostKind.DEPARTMENT_HEAD)
MOST_DAYS, MOST_AT_ONCE = 30, 240
MOST_HOURS = {"long_hours": 23, "short_hours": 11}
"""A warning of a limit in hours lies inside it."""
MOST_FOR_RULE = {
    rule.id: rule.period.length - 1 if rule.period.unit is Unit.HOURS else MOST_DAYS
    for rule in TABLE
    if rule.period is not None and rule.kind in {Kind.DEADLINE, Kind.BACKWARD}
}
"""How long before its end a rule may be warned of, in days or, counted in hours, in hours. The
others have no end to be warned of; the rows of one id never differ in it."""


class Rung(StrEnum):
    """Who hears at a tier."""

    HANDLER = "handler"
    """Whoever has to keep it: the prosecutor of the case, or the police organ for its own."""
    DEPARTMENT_HEAD = "department_head"
    CHIEF_PROCURATOR = "chief_procurator"
    WATCHER = "watcher"
    """The department that watches such periods: RULES 613, 664."""


Ladder = Mapping[Tier, tuple[Rung, ...]]

HANDLER, HEAD, CHIEF, WATCHER = Rung
LADDER: Ladder = {
    Tier.LINGERING: (HANDLER,),
    Tier.FIRST: (HANDLER,),
    Tier.SECOND: (HANDLER, HEAD),
    Tier.LAST: (HANDLER, HEAD, CHIEF, WATCHER),
    Tier.DUE_PASSED: (HANDLER, HEAD, CHIEF, WATCHER),
    Tier.EXPIRED: (HANDLER, HEAD, CHIEF, WATCHER),
}
"""Who hears at which tier, unless the office has said otherwise.

Who watches hears before the end too: the reminder is case management's to give (RULES 620).
"""
AS = {Tier.AGAIN: Tier.LAST, Tier.THRESHOLD_PASSED: Tier.SECOND}
"""Tiers that have no rungs of their own."""


class WarningSettings(Record):
    """How one procuratorate wants to be warned; an office that has said nothing has no row."""

    __tablename__ = "warning_settings"

    procuratorate_id: Mapped[int] = mapped_column(
        ForeignKey("offices.id"), primary_key=True, autoincrement=False
    )
    leads: Mapped[dict[str, Any]]
    rungs: Mapped[dict[str, Any]]
    set_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks

    @property
    def tiers(self) -> Tiers:
        """How long before the end each tier lies."""
        return tiers_of(self.leads)

    def heard_by(self, tier: Tier) -> tuple[Rung, ...]:
        """Who hears at that tier."""
        return tuple(Rung(rung) for rung in self.rungs[AS.get(tier, tier)])


AT_ONCE, RULES = "at_once", "rules"


def tiers_of(leads: Mapping[str, Any]) -> Tiers:
    """The tiers as the engine takes them, from their plain values."""
    before = {name: tuple(found) for name, found in leads.items() if name not in {AT_ONCE, RULES}}
    own = tuple((one["rule_id"], tuple(one["leads"])) for one in leads.get(RULES, ()))
    return Tiers(**before, at_once=leads[AT_ONCE], rules=own)


def tiers_as_plain(tiers: Tiers) -> dict[str, Any]:
    """The plain values of tiers: what is kept, and what a phone reads."""
    own = [{"rule_id": rule_id, "leads": list(leads)} for rule_id, leads in tiers.rules]
    return asdict(tiers) | {RULES: own}


@dataclass(frozen=True, slots=True)
class WarningsSet(Event):
    """A procuratorate has said how it wants to be warned; the event is about the office."""

    version: int


class WarningsOutOfBounds(Unprocessable):
    """A warning lies outside its bounds, or somebody who has to hear would not."""

    zh = "预警设置超出允许范围，或者遗漏了依法应当知悉的人员。"


def find(act: Act, procuratorate_id: int | None = None) -> WarningSettings:
    """The settings of the actor's procuratorate, or of the one named if the actor has several.

    Refuses:
        NotFound: the actor holds no post there that may read them.
    """
    offices = sorted(act.actor.offices_as(*READERS))
    wanted = procuratorate_id if procuratorate_id is not None else next(iter(offices), None)
    if wanted is None or wanted not in offices:
        raise NotFound
    return of_offices(act.session, [wanted])[wanted]


def of_offices(session: Session, procuratorate_ids: Collection[int]) -> dict[int, WarningSettings]:
    """What these procuratorates have said; who has said nothing is warned as by default."""
    chosen = select(WarningSettings).where(WarningSettings.procuratorate_id.in_(procuratorate_ids))
    said = {found.procuratorate_id: found for found in session.scalars(chosen)}
    return {office_id: said.get(office_id) or _unsaid(office_id) for office_id in procuratorate_ids}


def tiers_set(session: Session) -> dict[int, Tiers]:
    """The tiers of every procuratorate that has said something: for lists and lights."""
    return {said.procuratorate_id: said.tiers for said in session.scalars(select(WarningSettings))}


@demands(Permission.WARNING_SET)
def change(act: Act, settings: WarningSettings, *, tiers: Tiers, ladder: Ladder) -> WarningSettings:
    """Say how this procuratorate wants to be warned; its open periods are looked at again.

    Refuses:
        NotAllowed: only case management of that procuratorate (RULES 620, 664).
        WarningsOutOfBounds: not one to three descending numbers within their bounds, a rule named
            twice or without an end, a tier at which nobody hears, or an expired period that those
            who watch do not hear of.
        Stale: somebody else said something at the same moment.

    Records:
        WarningsSet.
    """
    if errors := [*_wrong_leads(tiers), *_wrong_rungs(ladder)]:
        raise WarningsOutOfBounds(errors=errors)
    settings.leads = tiers_as_plain(tiers)
    settings.rungs = {tier.value: [rung.value for rung in rungs] for tier, rungs in ladder.items()}
    settings.set_at, settings.set_by = act.now, act.actor.id
    with act.unless(ONE_FOR_AN_OFFICE, Stale()):
        act.session.add(settings)
    act.session.execute(
        update(Deadline)
        .where(Deadline.procuratorate_id == settings.procuratorate_id, Deadline.closed_at.is_(None))
        .values(look_at=act.now)
        .execution_options(synchronize_session=False)
    )
    act.record(WarningsSet(settings.procuratorate_id, settings.version))
    return settings


def _unsaid(procuratorate_id: int) -> WarningSettings:
    return WarningSettings(
        procuratorate_id=procuratorate_id,
        leads=tiers_as_plain(DEFAULT),
        rungs={tier.value: [rung.value for rung in rungs] for tier, rungs in LADDER.items()},
        version=0,
    )


def _wrong_leads(tiers: Tiers) -> list[dict[str, str]]:
    found = asdict(tiers)
    at_once, own = found.pop(AT_ONCE), found.pop(RULES)
    errors = [] if 1 <= at_once <= MOST_AT_ONCE else [_error(f"/tiers/{AT_ONCE}", "out_of_bounds")]
    errors += [
        _error(f"/tiers/{name}", "out_of_bounds")
        for name, leads in found.items()
        if not _fits(leads, MOST_HOURS.get(name, MOST_DAYS))
    ]
    named = [rule_id for rule_id, _ in own]
    for place, (rule_id, leads) in enumerate(own):
        pointer = f"/tiers/{RULES}/{place}"
        if rule_id not in MOST_FOR_RULE or rule_id in named[:place]:
            errors.append(_error(f"{pointer}/rule_id", "no_such_rule"))
        elif not _fits(leads, MOST_FOR_RULE[rule_id]):
            errors.append(_error(f"{pointer}/leads", "out_of_bounds"))
    return errors


def _fits(leads: tuple[int, ...], most: int) -> bool:
    within = 1 <= len(leads) <= MOST_LEADS and all(1 <= lead <= most for lead in leads)
    return within and descending(leads)


def _wrong_rungs(ladder: Ladder) -> list[dict[str, str]]:
    wrong = [tier for tier in LADDER if not ladder.get(tier)]
    if not {CHIEF, WATCHER} <= set(ladder.get(Tier.EXPIRED, ())):
        wrong = [*{*wrong, Tier.EXPIRED}]
    return [_error(f"/ladder/{tier.value}", "nobody_hears") for tier in sorted(wrong)]


def _error(pointer: str, code: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "detail": _DETAIL[code], "severity": "error"}


_DETAIL = {
    "out_of_bounds": "应为一至三个递减的正整数，且不超过上限。",
    "no_such_rule": "期限表中没有这一编号，或者该编号没有可以预警的届满日，或者重复。",
    "nobody_hears": "该级须有人知悉；超期须告知检察长和负有监督职责的部门。",
}
