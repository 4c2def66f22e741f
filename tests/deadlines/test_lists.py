"""Lists of periods: what one may read, in which order, under which light, and by which index."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, Select, select, text

from services import deadlines
from services.deadlines import (
    CHINA_TIME,
    CloseReason,
    Custody,
    Deadline,
    Kind,
    Standing,
    lists,
    statutory_day,
    tiers,
    watch,
)
from services.deadlines.engine.arithmetic import Unit
from services.deadlines.engine.table import ROWS
from services.deadlines.tiers import DEFAULT, Light, Tiers
from services.kernel.act import Act, Actor
from services.kernel.refusals import NotFound
from services.offices import Office
from services.policy import Permission, PostKind, allows
from tests.make import Make, Town

MIDNIGHT = datetime(2026, 10, 5, tzinfo=CHINA_TIME)
QUICK = Tiers(months=(30, 10, 5), fortnight=(2,), week=(3, 2), days=(2, 1), at_once=1)
SINGLE = Tiers(months=(4, 1), rules=(("R01", (9, 2)), ("D01", (7, 5, 2))))
"""An office that is warned of two rules in their own way, and of one of them furthest of all."""


@dataclass
class Shelf:
    """Rows put on it directly: lists read nothing but the row."""

    act: Act
    office: Office
    put: list[Deadline] = field(default_factory=list)

    def add(self, **given: Any) -> Deadline:
        values: dict[str, Any] = {
            "rule_id": "R01",
            "about_kind": "cases",
            "about_id": len(self.put) + 1,
            "procuratorate_id": self.office.id,
            "started_at": MIDNIGHT - timedelta(days=30),
            "custody": Custody.HELD,
            "provisional": False,
            "flags": [],
        } | given
        if "due_on" in values:
            values = {"outer_on": values["due_on"]} | values
        row = Deadline(**values)
        self.act.session.add(row)
        self.put.append(row)
        return row

    def told(self, chosen: Executable) -> list[Any]:
        self.act.session.flush()
        return list(self.act.session.execute(chosen))


@pytest.fixture
def shelf(make: Make) -> Shelf:
    office = make.office()
    return Shelf(make.act(make.person(PostKind.CASE_MANAGER, office), MIDNIGHT), office)


# --- what one may read ----------------------------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(make: Make) -> None:
    towns = [make.town(), make.town()]
    known: list[Deadline] = []
    for number, (town, rule, custody, handled, closed) in enumerate(
        itertools.product(
            towns,
            ("C01", "A02", "T06"),
            (Custody.HELD, Custody.AT_LIBERTY),
            (True, False),
            (True, False),
        )
    ):
        row = Deadline(
            rule_id=rule,
            about_kind="cases",
            about_id=number,
            procuratorate_id=town.procuratorate.id,
            police_office_id=town.police.id if handled else None,
            handler_id=town.prosecutor.id if handled else None,
            started_at=make.now,
            custody=custody,
            provisional=False,
            closed_at=make.now if closed else None,
            close_reason=CloseReason.DONE if closed else None,
        )
        make.session.add(row)
        known.append(row)
    make.session.flush()
    offices = [office for town in towns for office in (town.procuratorate, town.police)]
    actors = [
        Actor(person_id, frozenset({(post.value, office.id)}))
        for person_id in (0, towns[0].prosecutor.id, towns[1].prosecutor.id)
        for post, office in itertools.product(PostKind, offices)
    ]
    several = frozenset(
        {("execution_supervisor", offices[0].id), ("police_officer", offices[3].id)}
    )
    actors += [Actor(0, frozenset()), Actor(0, several)]

    sizes = set()
    for actor in actors:
        chosen = deadlines.visible(make.act(actor)).with_only_columns(Deadline.id)
        seen = list(make.session.scalars(chosen))
        lawful = {one.id for one in known if allows(actor, Permission.DEADLINE_READ, one)}
        assert sorted(seen) == sorted(lawful), actor
        sizes.add(len(lawful))
    assert sizes == {0, 8, 12, 20, 24}, "the clauses are told apart"


def test_what_one_may_not_read_does_not_exist(make: Make) -> None:
    town = make.town()
    make.case(town)
    mine = make.session.scalars(deadlines.visible(make.act(town.manager))).one()

    assert deadlines.find(make.act(town.officer), mine.id) is mine
    with pytest.raises(NotFound):
        deadlines.find(make.act(make.town().manager), mine.id)
    with pytest.raises(NotFound):
        deadlines.find(make.act(town.prosecutor), mine.id)


def test_the_rows_of_one_rule_agree_in_what_lists_ask_of_them() -> None:
    for rows in ROWS.values():
        assert len({rule.binds for rule in rows}) == 1
        assert len({rule.kind for rule in rows}) == 1
        assert len({rule.period and rule.period.period_class for rule in rows}) == 1
    custody = [ROWS[rule_id][-1].period for rule_id in lists.CUSTODY_RULES]
    assert all(period and period.unit is not Unit.HOURS for period in custody)
    assert {"D06", "C01", "R01"} <= lists.CUSTODY_RULES
    assert not {"D07", "A07", "B01"} & lists.CUSTODY_RULES


def test_custody_means_the_same_in_a_row_and_in_sql(shelf: Shelf) -> None:
    for rule_id, custody in itertools.product(ROWS, Custody):
        shelf.add(rule_id=rule_id, custody=custody)
    limiting = dict(shelf.told(select(Deadline.id, lists.limiting_custody())))

    assert limiting == {row.id: row.is_custody for row in shelf.put}
    assert set(limiting.values()) == {True, False}


def test_an_officer_keeps_the_duties_of_the_organ_and_a_prosecutor_the_own_cases(
    make: Make,
) -> None:
    town = make.town()
    make.case(town)
    (review,) = make.session.scalars(deadlines.visible(make.act(town.manager)))
    review.handler_id = town.prosecutor.id
    duty = Deadline(
        rule_id="A02",
        about_kind="cases",
        about_id=1,
        procuratorate_id=town.procuratorate.id,
        police_office_id=town.police.id,
        started_at=make.now,
        custody=Custody.HELD,
        provisional=False,
    )
    make.session.add(duty)
    make.session.flush()

    def mine(act: Act) -> list[Deadline]:
        return list(act.session.scalars(deadlines.visible(act).where(lists.own(act))))

    assert deadlines.rule_of("A02", make.now.date()).binds is deadlines.Organ.POLICE
    assert mine(make.act(town.officer)) == [duty]
    assert mine(make.act(town.prosecutor)) == [review]
    assert mine(make.act(town.manager)) == []


def test_a_department_s_own_list_is_what_it_keeps_and_what_the_law_lets_it_watch(
    shelf: Shelf, make: Make
) -> None:
    posts = ("department_head", "execution_supervisor", "chief_procurator", "case_manager")
    make.person(PostKind.EXECUTION_SUPERVISOR, shelf.office)
    rules = ("C01", "D06", "T01", "C09", "X06", "R06b", "S06")
    for rule_id, custody in itertools.product(rules, (Custody.HELD, Custody.AT_LIBERTY)):
        shelf.add(rule_id=rule_id, custody=custody, due_on=MIDNIGHT.date())
    elsewhere = make.act(make.person(PostKind.DEPARTMENT_HEAD, make.office()))
    shelf.told(select(1))

    def read_by(post: str) -> set[int]:
        act = replace(shelf.act, actor=Actor(0, frozenset({(post, shelf.office.id)})))
        chosen = deadlines.visible(act).where(lists.of_department(act))
        return {row.id for row in act.session.scalars(chosen)}

    routes = {
        row.id: watch.route(shelf.act.session, row, shelf.act.today).post for row in shelf.put
    }
    head, supervisor, chief, manager = map(read_by, posts)
    assert supervisor == {one for one, post in routes.items() if post == "execution_supervisor"}
    assert manager == {one for one, post in routes.items() if post == "case_manager"}
    assert head == routes.keys() - supervisor
    assert chief == routes.keys()
    assert len({len(each) for each in (head, supervisor, chief, manager)}) == 4
    assert not shelf.told(select(Deadline.id).where(lists.of_department(elsewhere)))


# --- in which order -------------------------------------------------------------------------


def test_expired_custody_stands_before_everything(shelf: Shelf) -> None:
    today = MIDNIGHT.date()

    def day(days: int) -> date:
        return today + timedelta(days=days)

    suspended = shelf.add(due_on=day(-9), suspended_on=day(-12))
    tomorrow = shelf.add(due_on=day(1))
    passed_free = shelf.add(due_on=day(-3), custody=Custody.AT_LIBERTY)
    passed_other = shelf.add(rule_id="A02", due_on=day(-5))
    at_once = shelf.add(rule_id="A01", custody=Custody.HELD)
    in_doubt = shelf.add(due_on=day(-1), outer_on=day(2))
    expired = shelf.add(due_on=day(-2))
    long_expired = shelf.add(rule_id="C01", due_on=day(-4))
    ends_today = shelf.add(due_on=today)
    soon = shelf.add(
        rule_id="D01",
        due_on=today,
        due_at=MIDNIGHT + timedelta(hours=2),
        outer_at=MIDNIGHT + timedelta(hours=3),
    )
    sooner = shelf.add(
        rule_id="D01",
        due_on=today,
        due_at=MIDNIGHT + timedelta(hours=1),
        outer_at=MIDNIGHT + timedelta(hours=2),
    )
    shelf.act.session.flush()

    found = shelf.act.session.scalars(select(Deadline).order_by(*lists.by_urgency(shelf.act)))
    assert found.all() == [
        long_expired,
        expired,
        at_once,
        passed_other,
        passed_free,
        in_doubt,
        sooner,
        soon,
        ends_today,
        tomorrow,
        suspended,
    ]
    assert expired.standing(MIDNIGHT) is Standing.EXPIRED
    assert expired.is_custody
    assert in_doubt.standing(MIDNIGHT) is Standing.IN_DOUBT


# --- under which light ----------------------------------------------------------------------


def _spans() -> Iterator[tuple[int, int]]:
    """Lengths on both sides of every bound, and days left on both sides of every lead."""
    return itertools.product((1, 3, 4, 7, 8, 15, 16, 60), range(-2, 12))


@pytest.mark.parametrize("set_by_office", [None, QUICK, SINGLE])
def test_a_light_is_the_same_in_a_row_and_in_sql(shelf: Shelf, set_by_office: Tiers | None) -> None:
    today = MIDNIGHT.date()
    for (span, left), rule_id in itertools.product(_spans(), ("R01", "A06")):
        due_on = today + timedelta(days=left)
        started = datetime.combine(due_on - timedelta(days=span), MIDNIGHT.time(), CHINA_TIME)
        for hour, warned in itertools.product((0, 23), (0, 3)):
            shelf.add(
                rule_id=rule_id,
                due_on=due_on,
                warn_on=due_on - timedelta(days=warned) if warned else None,
                started_at=started + timedelta(hours=hour),
            )
    for hours, minutes in itertools.product((12, 13, 24), range(-60, 60 * 8, 30)):
        due_at = MIDNIGHT + timedelta(minutes=minutes)
        shelf.add(
            rule_id="D01",
            due_on=statutory_day(due_at),
            due_at=due_at,
            outer_at=due_at + timedelta(minutes=1),
            started_at=due_at - timedelta(hours=hours),
        )
    shelf.add(rule_id="A01")
    shelf.add(due_on=today, suspended_on=today)
    shelf.add(due_on=today, closed_at=MIDNIGHT, close_reason=CloseReason.DONE)
    offices = {shelf.office.id: set_by_office} if set_by_office else {}

    for moment in (MIDNIGHT, MIDNIGHT - timedelta(seconds=1), MIDNIGHT + timedelta(hours=5)):
        act = replace(shelf.act, now=moment)
        shown = dict(shelf.told(select(Deadline.id, lists.light(act, offices))))
        meant = {
            row.id: tiers.light(row, moment, set_by_office or DEFAULT).value for row in shelf.put
        }
        assert shown == meant
        assert set(shown.values()) == {light.value for light in Light}
    assert ROWS["A06"][-1].kind is Kind.THRESHOLD


def test_lights_are_counted_and_none_is_left_out(shelf: Shelf) -> None:
    shelf.add(due_on=MIDNIGHT.date())
    shelf.add(due_on=MIDNIGHT.date() - timedelta(days=1))
    shelf.add(due_on=MIDNIGHT.date() + timedelta(days=40))
    shelf.act.session.flush()
    chosen = deadlines.visible(shelf.act)

    counts = lists.counted(shelf.act, chosen, lists.light(shelf.act, {}))
    assert counts == {"red": 2, "amber": 0, "green": 1, "grey": 0}


# --- by which index -------------------------------------------------------------------------

MANY = 50_000
OFFICES = 100


@pytest.fixture
def crowd(make: Make) -> tuple[list[Office], Town]:
    """A hundred procuratorates with 50,000 open periods, and some closed ones."""
    town = make.town()
    offices = [make.office() for _ in range(OFFICES - 1)] + [town.procuratorate]
    handlers = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(9)]
    handlers.append(town.prosecutor)
    for closed in (False, True):
        make.session.execute(
            text(
                """
                INSERT INTO deadlines (rule_id, about_kind, about_id, procuratorate_id,
                    police_office_id, handler_id, started_at, custody, due_on, outer_on,
                    provisional, flags, closed_at, close_reason)
                SELECT (ARRAY['R01', 'A02', 'D06', 'A07'])[1 + n % 4], 'cases', n,
                    (:offices)[1 + n % :many_offices], :police,
                    CASE WHEN n % :many_offices = :many_offices - 1
                        THEN (:handlers)[1 + (n / :many_offices) % 10] END,
                    now() - interval '30 days', 'held', day, day, false, '[]'::jsonb,
                    CASE WHEN :closed THEN now() END, CASE WHEN :closed THEN 'done' END
                FROM generate_series(1, CASE WHEN :closed THEN :many / 10 ELSE :many END) AS n,
                    LATERAL (SELECT date '2026-02-01' + n % 120) AS given (day)
                """
            ),
            {
                "offices": [office.id for office in offices],
                "handlers": [person.id for person in handlers],
                "police": town.police.id,
                "many": MANY,
                "many_offices": OFFICES,
                "closed": closed,
            },
        )
    make.session.execute(text("ANALYZE deadlines"))
    return offices, town


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    if plan.get("Relation Name") == "deadlines" or "Index Name" in plan:
        yield f"{plan['Node Type']}: {plan.get('Index Name', '')}"
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _explained(act: Act, chosen: Select[Any]) -> set[str]:
    compiled = chosen.compile(
        dialect=act.session.get_bind().dialect, compile_kwargs={"literal_binds": True}
    )
    asked = f"EXPLAIN (FORMAT JSON) {compiled}"
    (plan,) = act.session.connection().exec_driver_sql(asked).scalar_one()
    return set(_nodes(plan["Plan"]))


def test_lists_of_a_handler_and_of_an_office_read_no_more_than_their_own(
    crowd: tuple[list[Office], Town], make: Make
) -> None:
    _, town = crowd
    asked: dict[str, tuple[Act, Callable[[Act], Select[Any]]]] = {
        "handler": (make.act(town.prosecutor), deadlines.visible),
        "office": (make.act(town.manager), deadlines.visible),
        "office, red": (
            make.act(town.manager),
            lambda act: deadlines.visible(act).where(lists.light(act, {}) == "red"),
        ),
        "own": (
            make.act(town.manager),
            lambda act: deadlines.visible(act).where(lists.own(act)),
        ),
    }
    for name, (act, choose) in asked.items():
        chosen = choose(act).where(lists.still_open())
        used = _explained(act, chosen.order_by(*lists.by_urgency(act)).limit(21))
        assert used, name
        assert not any(node.startswith("Seq Scan") for node in used), (name, used)
        counted = chosen.with_only_columns(lists.light(act, {}))
        assert not any(node.startswith("Seq Scan") for node in _explained(act, counted)), name


# --- as it was thought then -----------------------------------------------------------------


def test_a_past_moment_is_told_as_it_was_thought_then(make: Make) -> None:
    town = make.town()
    case = make.case(town)
    (suspect,) = case.suspects
    (running,) = make.session.scalars(deadlines.visible(make.act(town.manager)))
    before = (running.rule_id, running.due_on, running.custody)
    later = make.act(town.manager, make.now + timedelta(days=1))
    deadlines.change_custody(later, suspect.id, Custody.AT_LIBERTY)
    deadlines.close(make.act(town.manager, make.now + timedelta(days=2)), running)
    make.session.flush()

    now = make.act(town.manager, make.now + timedelta(days=3))
    first, second = (
        lists.as_of(now, running, make.now + timedelta(hours=hours)) for hours in (1, 24)
    )
    assert (first.deadline.rule_id, first.deadline.due_on, first.deadline.custody) == before
    assert [entry.kind.value for entry in first.entries] == ["started"]
    assert first.deadline.standing(first.at) is Standing.RUNNING
    assert first.deadline.closed_at is None
    assert second.deadline.custody is Custody.AT_LIBERTY
    assert [entry.kind.value for entry in second.entries] == ["started", "custody_changed"]
    ended = lists.as_of(now, running, now.now).deadline
    assert (ended.close_reason, ended.closed_at) == (
        CloseReason.DONE,
        make.now + timedelta(days=2),
    )
    assert tiers.light(ended, now.now) is Light.GREY
    known = lists.as_known(now, running)
    assert known.deadline is running
    assert [entry.kind.value for entry in known.entries][-1] == "closed"
    assert not make.session.new, "what was thought then is never written"
    with pytest.raises(NotFound):
        lists.as_of(now, running, make.now - timedelta(seconds=1))
