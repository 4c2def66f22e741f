"""How somebody becomes a people's supervisor: put forward, named in public, appointed.

The call for supervisors stands for twenty working days at least, the notice that names the
nominees for five (PSUP-2021 12, 15): the days are counted as every working day of this house is,
make-up days included. What the organ declares of a candidate is asked for as codes and is not
kept: an entry of the register says by itself that nothing stood against it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from services.deadlines.engine.arithmetic import working_days_after
from services.deadlines.notices import calendar_of
from services.kernel.act import Act
from services.kernel.refusals import Conflict, Refusal, Unprocessable
from services.people import ONE_USERNAME, Person, PersonEnrolled, Post, UsernameTaken, unusable_hash
from services.policy import Permission, PostKind, demands
from services.supervisors.eligibility import (
    MOST_TERMS,
    Declared,
    Fault,
    faults_of,
    is_id_number,
    term_end,
)
from services.supervisors.events import (
    NomineePublished,
    NomineeRejected,
    SupervisorAppointed,
    SupervisorNominated,
)
from services.supervisors.flow import FLOW, CameBy, Expertise, Occupation, SupervisorState
from services.supervisors.records import (
    ONE_ORGAN_AT_A_TIME,
    Supervisor,
    SupervisorExpertise,
    SupervisorStep,
)

CALL_DAYS, NOTICE_DAYS = 20, 5
"""Working days (PSUP-2021 12, 15)."""
ON_REGISTER = (SupervisorState.NOMINATED, SupervisorState.SERVING, SupervisorState.SUSPENDED)
FURTHEST_TERM = timedelta(days=366)
"""A term begins within a year from the day on which it is decided."""
FRESH = timedelta(days=366)
"""A public notice counts for a year; then it is put up anew."""


@dataclass(frozen=True, slots=True)
class Register:
    """An organ's register, as the law on one page asks about it."""

    organ_id: int
    procuratorate_id: int | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What the register says of a supervisor beside what is declared."""

    occupation: Occupation
    profession: str
    region: str
    contact: str | None = None
    expertise: Sequence[Expertise] = ()
    languages: Sequence[str] = ()
    weekdays: Sequence[int] = (1, 2, 3, 4, 5, 6, 7)
    remote_able: bool = True

    def put_on(self, entry: Supervisor) -> None:
        """Write it down in the entry."""
        entry.occupation, entry.profession = self.occupation, self.profession
        entry.region, entry.contact = self.region, self.contact
        entry.languages, entry.weekdays = [*self.languages], sorted(set(self.weekdays))
        entry.remote_able = self.remote_able
        known = {one.code: one for one in entry.fields}
        entry.fields = [
            known.get(code) or SupervisorExpertise(code=code) for code in sorted({*self.expertise})
        ]


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """Somebody to be put forward."""

    username: str
    name: str
    id_number: str = field(repr=False)
    came_by: CameBy
    announced_on: date
    declared: Declared
    described: Described


class NotQualified(Unprocessable):
    """The law keeps this person from being a people's supervisor; see `errors`."""

    zh = "该人员不符合担任人民监督员的条件，详见各项。"


class NotAnIdNumber(Unprocessable):
    """The number of an identity card has eighteen places."""

    zh = "居民身份证号码应为十八位。"


class RemovedBefore(Conflict):
    """This person was removed as a people's supervisor once, and never becomes one again."""

    zh = "该人员曾被免除人民监督员资格，不得再次担任。"


class OnAnotherRegister(Conflict):
    """This person is on a register already; nobody supervises two procuratorates at once."""

    zh = "该人员已在册，不得同时担任两个以上人民检察院的人民监督员。"


class TermsExhausted(Conflict):
    """Two terms in a row are the most; a whole term must lie between them and a third."""

    zh = "连续担任人民监督员不得超过两届。"


class CallTooShort(Conflict):
    """The call for supervisors has not stood for twenty working days yet."""

    zh = "选任公告尚未满二十个工作日。"


class NotYetPublished(Conflict):
    """No public notice within the last year names the nominee for this term."""

    zh = "近一年内尚未就该届任期对拟任人选进行公示。"


class NoticeTooShort(Conflict):
    """The public notice that names the nominee has not stood for five working days yet."""

    zh = "拟任人选公示尚未满五个工作日。"


class NoSuchTerm(Unprocessable):
    """A term begins within a year from today, and never before today."""

    zh = "任期应当自今日起一年以内开始，不得提前到今日以前。"


class KnownHere(Conflict):
    """This person served here before; appoint that entry again instead."""

    zh = "该人员曾在本机关任职，请在原登记上办理再次任命。"


@demands(Permission.SUPERVISOR_NOMINATE)
def nominate(act: Act, register: Register, given: NewCandidate) -> Supervisor:
    """Put somebody forward as a people's supervisor (PSUP-2021 8 to 13).

    The account is opened with a password that nobody knows; the console sets one later.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        NotAnIdNumber: what was given as the card's number is none.
        NotQualified: below twenty-three or high school, or something was declared that keeps
            one out; `errors` names everything at once (PSUP-2021 8, 9, 10).
        CallTooShort: the call has not stood for twenty working days (PSUP-2021 12).
        RemovedBefore: once removed, never again (PSUP-2021 10).
        OnAnotherRegister: put forward or serving here or elsewhere (PSUP-2021 6).
        TermsExhausted: two terms in a row have been served (PSUP-2021 6).
        KnownHere: served here before; the next term is given on the same entry.
        UsernameTaken: there is an account of that name.

    Records:
        PersonEnrolled, SupervisorNominated.
    """
    if not is_id_number(given.id_number):
        raise NotAnIdNumber
    if faults := faults_of(given.declared, act.today):
        raise _not_qualified(faults)
    _refuse_early(act, given.announced_on, CALL_DAYS, "PSUP-2021 12", CallTooShort)
    term = _next_term(act, register, given.id_number)
    with act.unless(ONE_USERNAME, UsernameTaken(username=given.username)):
        person = Person(
            username=given.username,
            name=given.name,
            office_id=register.organ_id,
            password_hash=unusable_hash(),
        )
        act.session.add(person)
    entry = Supervisor(
        person_id=person.id,
        organ_id=register.organ_id,
        state=SupervisorState.NOMINATED,
        id_number=given.id_number,
        born_on=given.declared.born_on,
        education=given.declared.education,
        came_by=given.came_by,
        announced_on=given.announced_on,
        term_number=term,
        term_from_on=act.today,
        term_until_on=term_end(act.today),
        entered_at=act.now,
        entered_by=act.actor.id,
    )
    given.described.put_on(entry)
    with act.unless(ONE_ORGAN_AT_A_TIME, OnAnotherRegister(article="PSUP-2021 6")):
        act.session.add(entry)
    keep(act, entry, "nominate")
    act.record(PersonEnrolled(person.id))
    act.record(SupervisorNominated(entry.id, register.organ_id))
    return entry


@demands(Permission.SUPERVISOR_NOMINATE)
def publish(act: Act, entry: Supervisor) -> Supervisor:
    """Put up the public notice that names the nominee; five working days follow (PSUP-2021 15).

    Of somebody who serves it is for the next term, so that no gap need be between the two.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: suspended, removed, or not to be appointed.

    Records:
        NomineePublished.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "publish")
    entry.published_on = act.today
    keep(act, entry, "publish")
    act.record(NomineePublished(entry.id))
    return entry


@demands(Permission.SUPERVISOR_APPOINT)
def appoint(act: Act, entry: Supervisor, *, from_on: date) -> Supervisor:
    """Appoint a nominee for five years from a day (PSUP-2021 6, 15).

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: not put forward any more.
        NotYetPublished: no public notice within a year has named the nominee.
        NoticeTooShort: it has not stood for five working days.
        NoSuchTerm: the term would begin before today, or in more than a year.

    Records:
        SupervisorAppointed.
    """
    lock(act, entry)
    state = FLOW.after(entry.state, "appoint")
    _refuse_unpublished(act, entry, from_on)
    entry.state = state
    _begin_term(act, entry, from_on)
    keep(act, entry, "appoint")
    act.record(SupervisorAppointed(entry.id, entry.organ_id, entry.term_number))
    return entry


@demands(Permission.SUPERVISOR_APPOINT)
def reject(act: Act, entry: Supervisor, *, reason: str) -> Supervisor:
    """Do not appoint a nominee.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: not put forward any more.

    Records:
        NomineeRejected.
    """
    lock(act, entry)
    entry.state = FLOW.after(entry.state, "reject")
    keep(act, entry, "reject", reason=reason)
    act.record(NomineeRejected(entry.id))
    return entry


@demands(Permission.SUPERVISOR_APPOINT)
def reappoint(act: Act, entry: Supervisor, declared: Declared, *, from_on: date) -> Supervisor:
    """Appoint somebody whose first term is over for a second in a row (PSUP-2021 6).

    What is asked of a supervisor is asked again, and the public notice too.

    Refuses:
        NotAllowed: only the judicial-administration organ that keeps the register.
        WrongState: the first term is not over, or the supervisor was removed.
        TermsExhausted: it would be the third in a row.
        NotQualified: something keeps one out by now; `errors` names everything at once.
        NotYetPublished: no public notice within a year has named the nominee for this term.
        NoticeTooShort: it has not stood for five working days.
        NoSuchTerm: the term would begin before today, or in more than a year.
        OnAnotherRegister: serves elsewhere by now.

    Records:
        SupervisorAppointed.
    """
    lock(act, entry)
    state = FLOW.after(entry.state, "reappoint")
    term = term_after(entry, from_on)
    if term > MOST_TERMS:
        raise TermsExhausted(article="PSUP-2021 6")
    if faults := faults_of(declared, from_on):
        raise _not_qualified(faults)
    if entry.published_on is not None and entry.published_on <= entry.term_from_on:
        raise NotYetPublished(article="PSUP-2021 15")
    _refuse_unpublished(act, entry, from_on)
    with act.unless(ONE_ORGAN_AT_A_TIME, OnAnotherRegister(article="PSUP-2021 6")):
        entry.state, entry.term_number, entry.ended_on = state, term, None
        entry.education = declared.education
        act.session.flush()
    _begin_term(act, entry, from_on)
    keep(act, entry, "reappoint")
    act.record(SupervisorAppointed(entry.id, entry.organ_id, entry.term_number))
    return entry


def term_after(entry: Supervisor, from_on: date) -> int:
    """The number in its row that a term beginning on that day would have.

    The law does not say what breaks a row. A whole term has to lie between here.
    """
    last = entry.ended_on or entry.term_until_on
    return 1 if from_on > term_end(last + timedelta(days=1)) else entry.term_number + 1


def notice_stands_until(act: Act, entry: Supervisor) -> date | None:
    """The last of the five working days of the public notice, once it was put up."""
    if entry.published_on is None:
        return None
    return working_days_after(entry.published_on, NOTICE_DAYS, calendar_of(act.session))


def next_terms(act: Act, register: Register, id_numbers: Sequence[str]) -> dict[str, int | Refusal]:
    """For each number the term it would be, or what stands against it; asks the database once."""
    known: dict[str, list[Supervisor]] = {number.upper(): [] for number in id_numbers}
    before = select(Supervisor).where(Supervisor.id_number_index.in_(known)).order_by(Supervisor.id)
    for entry in act.session.scalars(before):
        known[(entry.id_number or "").upper()].append(entry)
    return {number: _term_of(act, register, known[number.upper()]) for number in id_numbers}


def keep(
    act: Act,
    entry: Supervisor,
    step: str,
    *,
    ground: str | None = None,
    reason: str | None = None,
) -> None:
    """Write down in the entry's history what was done."""
    act.session.flush()
    act.session.add(
        SupervisorStep(
            supervisor_id=entry.id,
            step=step,
            ground=ground,
            reason=reason,
            taken_at=act.now,
            taken_by=act.actor.id or None,
        )
    )
    act.session.flush()
    act.session.expire(entry, ["steps"])


def lock(act: Act, entry: Supervisor) -> None:
    """Let only one step be taken at a time."""
    act.session.refresh(entry, with_for_update={"of": Supervisor})


def give_post(act: Act, entry: Supervisor) -> None:
    """Let the supervisor hold the post in the organ while the term lasts."""
    act.session.add(
        Post(
            person_id=entry.person_id,
            office_id=entry.organ_id,
            kind=PostKind.SUPERVISOR,
            from_on=entry.term_from_on,
            until_on=entry.term_until_on,
        )
    )
    act.session.flush()


def _begin_term(act: Act, entry: Supervisor, from_on: date) -> None:
    entry.term_from_on, entry.term_until_on = from_on, term_end(from_on)
    give_post(act, entry)


def _next_term(act: Act, register: Register, id_number: str) -> int:
    term = next_terms(act, register, [id_number])[id_number]
    if isinstance(term, Refusal):
        raise term
    return term


def _term_of(act: Act, register: Register, before: Sequence[Supervisor]) -> int | Refusal:
    if any(entry.state is SupervisorState.REMOVED for entry in before):
        return RemovedBefore(article="PSUP-2021 10")
    if any(entry.state in ON_REGISTER for entry in before):
        return OnAnotherRegister(article="PSUP-2021 6")
    served = [entry for entry in before if entry.state is SupervisorState.ENDED]
    if not served:
        return 1
    last = max(served, key=lambda entry: entry.ended_on or entry.term_until_on)
    term = term_after(last, act.today)
    if term > MOST_TERMS:
        return TermsExhausted(article="PSUP-2021 6")
    if last.organ_id == register.organ_id:
        return KnownHere(supervisor_id=last.id)
    return term


def _refuse_unpublished(act: Act, entry: Supervisor, from_on: date) -> None:
    published_on = entry.published_on
    if published_on is None or published_on < act.today - FRESH:
        raise NotYetPublished(article="PSUP-2021 15")
    _refuse_early(act, published_on, NOTICE_DAYS, "PSUP-2021 15", NoticeTooShort)
    if not act.today <= from_on <= act.today + FURTHEST_TERM:
        raise NoSuchTerm


def _refuse_early(
    act: Act, began_on: date, length: int, article: str, refusal: Callable[..., Refusal]
) -> None:
    if act.today < began_on:
        raise refusal(article=article)
    last = working_days_after(began_on, length, calendar_of(act.session))
    if act.today <= last:
        raise refusal(article=article, stands_until=last)


def _not_qualified(faults: Sequence[Fault]) -> Refusal:
    errors: list[dict[str, Any]] = [fault.as_plain() for fault in faults]
    return NotQualified(errors=errors)
