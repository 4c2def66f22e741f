"""When a suspect has to be interrogated (RULES 280, 331), and whether that was done.

In the review of an arrest there are seven grounds (RULES 280¶1): four follow from the file, three
only the handler knows, who notes them. In review for prosecution it is always a duty (RULES 331).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, select, text
from sqlalchemy.orm import Mapped, mapped_column

from services import deadlines
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Flag, Measure
from services.cases import Case, CaseKind
from services.cases.records import case_suspects
from services.deadlines import Deadline
from services.deadlines.engine.articles import Article, cited_en, cited_zh, law
from services.interrogations.composition import minor_on
from services.interrogations.drafts import Wish
from services.interrogations.flow import InterrogationState, Purpose
from services.interrogations.records import Interrogation
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.policy import STAFF, Permission, demands

ONE_GROUND = "interrogation_grounds_once"
DAY_AFTER_ARREST = ("A04b", "D03b")
"""Whoever is arrested or detained on the procuratorate's own decision is interrogated within a
day (CPL 94; RULES 302¶1)."""


class InterrogationGround(StrEnum):
    """The situations of RULES 280¶1 in which the suspect must be interrogated.

    The last four follow from the file; the first three the handler knows.
    """

    CONDITIONS_DOUBTFUL = "conditions_doubtful"
    SUSPECT_ASKED = "suspect_asked"
    ILLEGALITY_POSSIBLE = "illegality_possible"
    MAJOR_OR_COMPLEX = "major_or_complex"
    PLEA_LENIENCY = "plea_leniency"
    MINOR = "minor"
    DISABILITY = "disability"


TO_NOTE = frozenset(
    {
        InterrogationGround.CONDITIONS_DOUBTFUL,
        InterrogationGround.SUSPECT_ASKED,
        InterrogationGround.ILLEGALITY_POSSIBLE,
    }
)
"""What only the handler knows."""
CITED = {
    ground: law(f"RULES 280¶1({number})", *more)
    for number, (ground, more) in enumerate(
        {
            InterrogationGround.CONDITIONS_DOUBTFUL: ("CPL 88¶1(1)",),
            InterrogationGround.SUSPECT_ASKED: ("CPL 88¶1(2)",),
            InterrogationGround.ILLEGALITY_POSSIBLE: ("CPL 88¶1(3)",),
            InterrogationGround.MAJOR_OR_COMPLEX: (),
            InterrogationGround.PLEA_LENIENCY: (),
            InterrogationGround.MINOR: ("RULES 465¶1", "CPL 280"),
            InterrogationGround.DISABILITY: (),
        }.items(),
        start=1,
    )
}
DISABLED = {Flag.BLIND, Flag.DEAF, Flag.MUTE, Flag.LIMITED_CAPACITY}
DETAINED = frozenset({Measure.DETENTION, Measure.ARREST})
IN_PROSECUTION = law("RULES 331", "CPL 173¶1")


class NotedGround(Record):
    """A ground that the handler noted for one suspect of one case; it may be withdrawn."""

    __tablename__ = "interrogation_grounds"
    __table_args__ = (
        Index(
            ONE_GROUND,
            "case_id",
            "suspect_id",
            "ground",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("interrogation_grounds_by_suspect", "suspect_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    suspect_id: Mapped[int] = mapped_column(ForeignKey("suspects.id"))
    ground: Mapped[InterrogationGround]
    noted_at: Mapped[datetime]
    noted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class GroundNoted(Event):
    """The handler noted why a suspect has to be interrogated; the event is about the case."""

    suspect_id: int
    ground: str


@dataclass(frozen=True, slots=True)
class GroundWithdrawn(Event):
    """A ground that was noted no longer holds; the event is about the case."""

    suspect_id: int
    ground: str


class GroundFollowsFromFile(Unprocessable):
    """That ground follows from the file: it is neither noted nor withdrawn."""

    zh = "该情形由案卷材料确定，不需登记，也不能撤回。"


class GroundKnown(Conflict):
    """That ground is noted already."""

    zh = "该应当讯问的情形已经登记。"


class MustInterrogate(Unprocessable):
    """The law requires that this suspect be interrogated before the opinion."""

    zh = "依照刑诉规则第二百八十条，本案应当讯问犯罪嫌疑人。"

    @classmethod
    def because(cls, grounds: Sequence[InterrogationGround]) -> "MustInterrogate":
        """With the grounds and their articles."""
        cited = tuple(one for ground in grounds for one in CITED[ground])
        return cls(
            grounds=[one.value for one in grounds],
            article=cited_en(cited),
            article_zh=cited_zh(cited),
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    """Whether somebody has to be interrogated at this stage, why, and what is on record."""

    required: bool
    grounds: tuple[InterrogationGround, ...]
    articles: tuple[Article, ...]
    on_record: tuple[Interrogation, ...]


def whom(act: Act, case: Case, suspect_id: int) -> Wish:
    """The suspect in that case, for the procuratorate's own people: how one is heard stays inside.

    Refuses:
        NotFound: somebody else's suspect, or somebody from outside asks.
    """
    named = select(Suspect).join(case_suspects, case_suspects.c.suspect_id == Suspect.id)
    found = act.session.scalar(
        named.where(Suspect.id == suspect_id, case_suspects.c.case_id == case.id)
    )
    if found is None or case.procuratorate_id not in act.actor.offices_as(*STAFF):
        raise NotFound
    return Wish(case, found)


def police_come_first(case: Case, suspect: Suspect) -> bool:
    """Are the police heard before this suspect is (RULES 280¶2)?

    Whoever is held in another matter is not detained in this one.
    """
    return case.kind is CaseKind.ARREST and suspect.measure not in DETAINED


def from_file(case: Case, suspect: Suspect, day: date) -> list[InterrogationGround]:
    """What the file itself says of RULES 280¶1; the age is that of the day (RULES 489¶2)."""
    flags = {Flag(one) for one in suspect.flags}
    found = {
        InterrogationGround.MAJOR_OR_COMPLEX: case.origin.major_or_complex,
        InterrogationGround.PLEA_LENIENCY: Flag.PLEA_LENIENCY in flags,
        InterrogationGround.MINOR: minor_on(suspect, day),
        InterrogationGround.DISABILITY: bool(flags & DISABLED),
    }
    return [ground for ground, holds in found.items() if holds]


def noted(case_id: int, suspect_id: int) -> Select[NotedGround]:
    """The grounds that the handler has noted and not withdrawn."""
    return select(NotedGround).where(
        NotedGround.case_id == case_id,
        NotedGround.suspect_id == suspect_id,
        NotedGround.withdrawn_at.is_(None),
    )


def of(act: Act, case: Case, suspect: Suspect) -> list[InterrogationGround]:
    """Every ground of RULES 280¶1 that holds, in the order of the article."""
    told = act.session.scalars(noted(case.id, suspect.id))
    found = {one.ground for one in told} | set(from_file(case, suspect, act.today))
    return [one for one in InterrogationGround if one in found]


def on_record(act: Act, case: Case, suspect: Suspect) -> Sequence[Interrogation]:
    """The interrogations of this suspect that were held at this stage in this procuratorate.

    Held here or on paper; before a case was split or merged as well as after it.
    """
    chosen = (
        select(Interrogation)
        .join(Case)
        .where(
            Interrogation.suspect_id == suspect.id,
            Interrogation.state == InterrogationState.ENDED,
            Interrogation.purpose == Purpose.INTERROGATE,
            Case.kind == case.kind,
            Case.procuratorate_id == case.procuratorate_id,
        )
    )
    return act.session.scalars(chosen.order_by(Interrogation.id)).all()


def required(act: Act, case: Case, suspect: Suspect) -> Requirement:
    """Whether the law requires an interrogation at this stage: in prosecution it always does."""
    held = tuple(on_record(act, case, suspect))
    if case.kind is CaseKind.PROSECUTION:
        return Requirement(True, (), IN_PROSECUTION, held)  # noqa: FBT003  # as the law says
    grounds = tuple(of(act, case, suspect))
    cited = tuple(one for ground in grounds for one in CITED[ground])
    return Requirement(bool(grounds), grounds, cited, held)


@demands(Permission.SUSPECT_HEAR)
def note_ground(act: Act, wish: Wish, ground: InterrogationGround) -> None:
    """Note why this suspect has to be interrogated (RULES 280¶1(1)–(3)).

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        GroundFollowsFromFile: the file says so, or does not.
        GroundKnown: it is noted already.

    Records:
        GroundNoted.
    """
    if ground not in TO_NOTE:
        raise GroundFollowsFromFile
    with act.unless(ONE_GROUND, GroundKnown()):
        act.session.add(
            NotedGround(
                case_id=wish.case.id,
                suspect_id=wish.suspect.id,
                ground=ground,
                noted_at=act.now,
                noted_by=act.actor.id,
            )
        )
    act.record(GroundNoted(wish.case.id, wish.suspect.id, ground.value))


@demands(Permission.SUSPECT_HEAR)
def withdraw_ground(act: Act, wish: Wish, ground: InterrogationGround) -> None:
    """Say that a ground that was noted no longer holds; that it was noted stays on record.

    That the suspect asked to speak to a prosecutor is not for the handler to take back.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        GroundFollowsFromFile: the file says so, or the suspect did.
        NotFound: it is not noted.

    Records:
        GroundWithdrawn.
    """
    if ground not in TO_NOTE - {InterrogationGround.SUSPECT_ASKED}:
        raise GroundFollowsFromFile
    known = noted(wish.case.id, wish.suspect.id).where(NotedGround.ground == ground)
    found = act.session.scalar(known.with_for_update())
    if found is None:
        raise NotFound
    found.withdrawn_at, found.withdrawn_by = act.now, act.actor.id
    act.session.flush()
    act.record(GroundWithdrawn(wish.case.id, wish.suspect.id, ground.value))


def ended(act: Act, interrogation: Interrogation) -> None:
    """What an ended interrogation brings about: the day after an arrest is kept (CPL 94).

    Part of the step that ends it, or files it. What was held before the arrest keeps nothing.
    """
    began = interrogation.started_at
    if interrogation.purpose is not Purpose.INTERROGATE or began is None:
        return
    running = deadlines.open_of([interrogation.suspect_id]).where(
        Deadline.rule_id.in_(DAY_AFTER_ARREST), Deadline.started_at <= began
    )
    for one in act.session.scalars(running).all():
        deadlines.close(act, one, at=began)
