"""How somebody becomes a people's supervisor, and who cannot."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services import supervisors
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, Refusal
from services.people import Post, UsernameTaken, actor_of, by_username, password_fits
from services.policy import MACHINE, PostKind
from services.supervisors import (
    Disqualification,
    Education,
    EndedBecause,
    ExcludedOffice,
    Register,
    RemovalGround,
    Supervisor,
    SupervisorState,
)
from services.supervisors.eligibility import has_reached, term_end
from services.supervisors.selection import (
    CallTooShort,
    KnownHere,
    NoSuchTerm,
    NotAnIdNumber,
    NoticeTooShort,
    NotQualified,
    NotYetPublished,
    OnAnotherRegister,
    RemovedBefore,
    TermsExhausted,
)
from tests.make import PASSWORD
from tests.supervisors.conftest import CALLED_ON, NOTICE_ON, Pool, days


def codes(refusal: Refusal) -> list[tuple[str, str]]:
    return [(error["code"], error["article"]) for error in refusal.members["errors"]]


def test_a_nominee_has_an_account_that_opens_no_door(pool: Pool) -> None:
    entry = pool.nominee(username="jiandu_new")

    person = by_username(pool.make.session, "jiandu_new")
    assert person is not None
    assert entry.person_id == person.id
    assert not password_fits(person, PASSWORD)
    assert actor_of(pool.make.session, person.id, NOTICE_ON).posts == frozenset()
    assert entry.state is SupervisorState.NOMINATED
    assert [step.step for step in entry.steps] == ["nominate"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"education": Education.BELOW_HIGH_SCHOOL}, [("schooling", "PSUP-2021 8")]),
        ({"healthy": False}, [("health", "PSUP-2021 8")]),
        ({"good_conduct": False}, [("conduct", "PSUP-2021 8")]),
        ({"upholds_constitution": False}, [("constitution", "PSUP-2021 8")]),
        ({"offices": [ExcludedOffice.PEOPLES_ASSESSOR]}, [("peoples_assessor", "PSUP-2021 9")]),
        ({"disqualifications": [Disqualification.PUNISHED]}, [("punished", "PSUP-2021 10")]),
        (
            {
                "born_on": date(2010, 1, 1),
                "offices": [ExcludedOffice.COURT, ExcludedOffice.PROCURATORATE],
                "disqualifications": [Disqualification.DISHONEST_DEBTOR],
            },
            [
                ("too_young", "PSUP-2021 8"),
                ("court", "PSUP-2021 9"),
                ("procuratorate", "PSUP-2021 9"),
                ("dishonest_debtor", "PSUP-2021 10"),
            ],
        ),
    ],
)
def test_all_that_keeps_somebody_out_is_named_at_once(
    pool: Pool, given: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    with pytest.raises(NotQualified) as refused:
        pool.nominee(declared=pool.declared(**given))

    assert codes(refused.value) == found


def test_somebody_may_be_put_forward_on_the_twenty_third_birthday(pool: Pool) -> None:
    turned = pool.declared(born_on=date(2003, 2, 3))

    with pytest.raises(NotQualified):
        pool.nominee(NOTICE_ON, declared=pool.declared(born_on=date(2003, 2, 4)))
    assert pool.nominee(NOTICE_ON, declared=turned).state is SupervisorState.NOMINATED


@pytest.mark.parametrize(
    ("born_on", "on", "is_so"),
    [
        (date(2004, 2, 29), date(2027, 2, 27), False),
        (date(2004, 2, 29), date(2027, 2, 28), True),
        (date(9990, 1, 1), date(2026, 1, 1), False),
    ],
)
def test_an_age_is_reached_on_the_birthday(born_on: date, on: date, *, is_so: bool) -> None:
    assert has_reached(born_on, 23, on) is is_so


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 2), date(2031, 3, 1)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2027, 3, 1), date(2032, 2, 29)),
        (date(2026, 1, 1), date(2030, 12, 31)),
    ],
)
def test_a_term_is_five_years(first: date, last: date) -> None:
    assert term_end(first) == last


def test_the_call_stands_for_twenty_working_days(pool: Pool) -> None:
    with pytest.raises(CallTooShort) as refused:
        pool.nominee(date(2026, 2, 2))

    assert refused.value.members["stands_until"] == date(2026, 2, 2)
    assert pool.nominee(date(2026, 2, 3)).announced_on == CALLED_ON


def test_the_public_notice_is_not_one_day_short(pool: Pool) -> None:
    """Put up on 11 February 2026: Saturday the 14th is worked, then comes the Spring Festival."""
    entry = supervisors.publish(pool.on(date(2026, 2, 11)), pool.nominee())
    last = supervisors.notice_stands_until(pool.on(NOTICE_ON), entry)

    assert last == date(2026, 2, 25)
    with pytest.raises(NoticeTooShort):
        supervisors.appoint(pool.on(last), entry, from_on=last)
    after = last + days(1)
    assert supervisors.appoint(pool.on(after), entry, from_on=after).published_on


def test_nobody_is_appointed_without_a_public_notice(pool: Pool) -> None:
    entry = pool.nominee()

    assert supervisors.notice_stands_until(pool.on(NOTICE_ON), entry) is None
    with pytest.raises(NotYetPublished):
        supervisors.appoint(pool.on(date(2026, 3, 2)), entry, from_on=date(2026, 3, 2))


@pytest.mark.parametrize("from_on", [date(2026, 2, 10), date(2027, 2, 13)])
def test_a_term_begins_within_a_year(pool: Pool, from_on: date) -> None:
    entry = supervisors.publish(pool.on(NOTICE_ON), pool.nominee())

    with pytest.raises(NoSuchTerm):
        supervisors.appoint(pool.on(date(2026, 2, 11)), entry, from_on=from_on)


def test_the_post_is_held_while_the_term_lasts(pool: Pool) -> None:
    entry = pool.appointed()

    post = pool.make.session.scalars(select(Post).where(Post.person_id == entry.person_id)).one()
    assert (post.kind, post.office_id) == (PostKind.SUPERVISOR, pool.bureau.office.id)
    assert (post.from_on, post.until_on) == (date(2026, 2, 11), date(2031, 2, 10))
    assert (entry.term_from_on, entry.term_until_on) == (post.from_on, post.until_on)


def test_a_nominee_can_be_left_out(pool: Pool) -> None:
    entry = supervisors.reject(pool.on(NOTICE_ON), pool.nominee(), reason="公示期间有异议。")

    assert entry.state is SupervisorState.REJECTED
    assert entry.steps[-1].reason == "公示期间有异议。"
    for step in (supervisors.publish, lambda act, one: supervisors.reject(act, one, reason="再次")):
        with pytest.raises(WrongState):
            step(pool.on(NOTICE_ON), entry)
    again = pool.candidate(id_number=entry.id_number)
    assert supervisors.nominate(pool.on(NOTICE_ON), pool.register, again).id


def test_nobody_supervises_two_procuratorates_at_once(pool: Pool) -> None:
    serving = pool.appointed()
    other = pool.make.bureau(pool.make.town())
    twin = pool.candidate(id_number=serving.id_number)

    with pytest.raises(OnAnotherRegister):
        supervisors.nominate(pool.make.act(other.officer), Register(other.office.id), twin)
    with pytest.raises(OnAnotherRegister):
        supervisors.nominate(pool.on(NOTICE_ON), pool.register, twin)


def test_the_database_keeps_a_second_entry_out(pool: Pool) -> None:
    """Whoever came back elsewhere meanwhile is not given a second term here."""
    here, there = pool.appointed(), pool.nominee()
    day = over(pool, here)
    supervisors.publish(pool.on(day), here)
    there.id_number = here.id_number
    pool.make.session.flush()

    later = day + days(20)
    with pytest.raises(OnAnotherRegister):
        supervisors.reappoint(pool.on(later), here, pool.declared(), from_on=later)


def test_whoever_was_removed_is_never_entered_again(pool: Pool) -> None:
    entry = pool.appointed()
    supervisors.remove(
        pool.on(date(2026, 3, 2)), entry, ground=RemovalGround.SECRETS_LEAKED, reason="泄露案情。"
    )
    again = pool.candidate(id_number=entry.id_number)

    with pytest.raises(RemovedBefore):
        supervisors.nominate(pool.on(date(2041, 3, 2)), pool.register, again)
    other = pool.make.bureau(pool.make.town())
    with pytest.raises(RemovedBefore):
        supervisors.nominate(pool.make.act(other.officer), Register(other.office.id), again)
    with pytest.raises(WrongState):
        supervisors.reappoint(
            pool.on(date(2026, 4, 1)), entry, pool.declared(), from_on=date(2026, 4, 1)
        )


def over(pool: Pool, entry: Supervisor) -> date:
    """Let the term run out; the day after."""
    day = entry.term_until_on + days(1)
    assert supervisors.sweep(pool.make.act(MACHINE, pool.on(day).now), 10) == 1
    return day


def test_a_second_term_follows_and_a_third_is_refused(pool: Pool) -> None:
    entry = pool.appointed()
    for term in (2, 3):
        day = over(pool, entry)
        supervisors.publish(pool.on(day), entry)
        later = day + days(20)
        if term == 3:
            with pytest.raises(TermsExhausted):
                supervisors.reappoint(pool.on(later), entry, pool.declared(), from_on=later)
        else:
            supervisors.reappoint(pool.on(later), entry, pool.declared(), from_on=later)
            assert (entry.state, entry.term_number) == (SupervisorState.SERVING, 2)
            assert entry.ended_on is None
    again = pool.candidate(id_number=entry.id_number)
    other = pool.make.bureau(pool.make.town())
    with pytest.raises(TermsExhausted):
        supervisors.nominate(
            pool.make.act(other.officer, pool.on(later).now), Register(other.office.id), again
        )
    assert entry.ended_on is not None
    much_later = term_end(entry.ended_on + days(1)) + days(60)
    supervisors.publish(pool.on(much_later - days(30)), entry)
    supervisors.reappoint(pool.on(much_later), entry, pool.declared(), from_on=much_later)
    assert entry.term_number == 1


def test_a_second_term_may_follow_the_first_on_the_next_day(pool: Pool) -> None:
    """The public notice is put up while the first term runs."""
    entry = pool.appointed()
    supervisors.publish(pool.on(entry.term_until_on - days(30)), entry)
    day = over(pool, entry)

    supervisors.reappoint(pool.on(day), entry, pool.declared(), from_on=day)

    assert entry.term_from_on == day
    assert entry.term_number == 2


def test_a_notice_does_not_count_for_ever(pool: Pool) -> None:
    entry = pool.appointed()
    supervisors.publish(pool.on(entry.term_until_on - days(400)), entry)
    day = over(pool, entry)

    with pytest.raises(NotYetPublished):
        supervisors.reappoint(pool.on(day), entry, pool.declared(), from_on=day)


def test_a_call_that_is_still_to_come_is_too_short(pool: Pool) -> None:
    for announced_on in (NOTICE_ON + days(1), date.max):
        with pytest.raises(CallTooShort):
            pool.nominee(announced_on=announced_on)


def test_a_second_term_asks_for_everything_anew(pool: Pool) -> None:
    entry = pool.appointed()
    day = over(pool, entry)

    with pytest.raises(NotYetPublished):
        supervisors.reappoint(pool.on(day), entry, pool.declared(), from_on=day)
    supervisors.publish(pool.on(day), entry)
    with pytest.raises(NoticeTooShort):
        supervisors.reappoint(pool.on(day), entry, pool.declared(), from_on=day)
    with pytest.raises(NotQualified):
        supervisors.reappoint(pool.on(day), entry, pool.declared(healthy=False), from_on=day)
    later = day + days(30)
    with pytest.raises(NoSuchTerm):
        supervisors.reappoint(pool.on(later), entry, pool.declared(), from_on=day)


def test_whoever_served_here_is_appointed_on_the_same_entry(pool: Pool) -> None:
    entry = pool.appointed()
    act = pool.on(date(2026, 6, 1))
    supervisors.end(act, entry, because=EndedBecause.RESIGNED, reason=None)
    again = pool.candidate(id_number=entry.id_number)

    with pytest.raises(KnownHere):
        supervisors.nominate(act, pool.register, again)
    other = pool.make.bureau(pool.make.town())
    moved = supervisors.nominate(
        pool.make.act(other.officer, act.now), Register(other.office.id), again
    )
    assert moved.term_number == 2, "a term in a row, wherever it is served"


def test_a_serving_supervisor_is_not_reappointed(pool: Pool) -> None:
    day = date(2026, 3, 2)

    with pytest.raises(WrongState):
        supervisors.reappoint(pool.on(day), pool.appointed(), pool.declared(), from_on=day)


def test_faulty_cards_and_taken_names_are_refused(pool: Pool) -> None:
    first = pool.nominee()

    with pytest.raises(NotAnIdNumber):
        pool.nominee(id_number="12345")
    with pytest.raises(UsernameTaken):
        pool.nominee(username=first.person.username)


def test_only_the_organ_selects(pool: Pool) -> None:
    entry, town = pool.nominee(), pool.town
    other = pool.make.bureau(pool.make.town()).officer
    for person in (town.manager, town.chief, town.prosecutor, other, entry.person):
        act = pool.on(NOTICE_ON, person)
        with pytest.raises(NotAllowed):
            supervisors.nominate(act, pool.register, pool.candidate())
        with pytest.raises(NotAllowed):
            supervisors.publish(act, entry)
        with pytest.raises(NotAllowed):
            supervisors.appoint(act, entry, from_on=NOTICE_ON)
        with pytest.raises(NotAllowed):
            supervisors.reject(act, entry, reason="不同意")
        with pytest.raises(NotAllowed):
            supervisors.reappoint(act, entry, pool.declared(), from_on=NOTICE_ON)
