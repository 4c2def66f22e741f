"""What was done on paper: an interrogation held without a booking; and the police heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services import cases
from services.arrest_requests.records import Suspect
from services.cases import CaseState
from services.deadlines.engine.articles import cited_en, cited_zh, law
from services.interrogations import composition, grounds, operations
from services.interrogations.drafts import Arrangement, Seat, Wish
from services.interrogations.flow import FLOW, InterrogationState, Mode
from services.interrogations.records import Interrogation
from services.kernel.act import SHANGHAI, Act, Event
from services.kernel.flow import WrongState
from services.kernel.refusals import Conflict, Unprocessable
from services.offices import Office, OfficeKind
from services.policy import Permission, demands

POLICE_FIRST = law("RULES 280¶2")
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)
"""A summoned suspect is not kept longer than twelve hours (RULES 185)."""


@dataclass(frozen=True, slots=True)
class HeldOnPaper:
    """An interrogation that was held without a booking here."""

    held_from: datetime
    held_until: datetime
    seats: Sequence[Seat]
    mode: Mode = Mode.IN_PERSON
    place: str = ""
    language: str | None = None
    centre_id: int | None = None
    """The centre in which a detained suspect was met, where the file does not name one yet."""
    police_heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InterrogationFiled(Event):
    """An interrogation that was held on paper was entered."""

    suspect_id: int


@dataclass(frozen=True, slots=True)
class PoliceOpinionNoted(Event):
    """The police were heard before the interrogation of a suspect who is not detained."""


class NotHeldYet(Unprocessable):
    """What is filed has been held: it began before it ended, and ended before now."""

    zh = "补录的讯问应当已经结束，起止时间须前后一致，时长五分钟至十二小时。"


class BeforeTheCase(Unprocessable):
    """It was held before the day on which the case came to the procuratorate."""

    zh = "该次讯问早于本案移送本院之日，不是本阶段的讯问。"


class PoliceUnheard(Conflict):
    """Before a suspect who is not detained is interrogated, the police are heard."""

    zh = "讯问未被拘留的犯罪嫌疑人，讯问前应当听取公安机关的意见。"


class PoliceSaidNothing(Unprocessable):
    """What the police said is written down."""

    zh = "请记录公安机关的意见。"


class NoSuchCentre(Unprocessable):
    """That is no detention centre."""

    zh = "所选单位不是看守所。"


def refuse_unheard(interrogation: Interrogation) -> None:
    """Refuse to begin while the police have not been heard, where the law has them heard first.

    Refuses:
        PoliceUnheard: the suspect is not detained, and nobody has heard the police.
    """
    first = grounds.police_come_first(interrogation.case, interrogation.suspect)
    if first and interrogation.police_heard_at is None:
        raise PoliceUnheard(article=cited_en(POLICE_FIRST), article_zh=cited_zh(POLICE_FIRST))


@demands(Permission.SUSPECT_HEAR)
def hear_police(act: Act, interrogation: Interrogation, note: str) -> Interrogation:
    """Write down what the police said before the interrogation (RULES 280¶2).

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        WrongState: it has begun or is over.
        PoliceSaidNothing: it is not said what they said.

    Records:
        PoliceOpinionNoted.
    """
    FLOW.after(interrogation.state, "hear_police")
    if not note.strip():
        raise PoliceSaidNothing
    interrogation.police_heard_at, interrogation.police_said = act.now, note
    act.session.flush()
    act.record(PoliceOpinionNoted(interrogation.id))
    return interrogation


@demands(Permission.SUSPECT_HEAR)
def file_held(act: Act, wish: Wish, held: HeldOnPaper) -> Interrogation:
    """Enter an interrogation that was held on paper; the same law holds for it.

    It was held in this stage of the case, perhaps by a former handler.

    Refuses:
        NotAllowed: only the handler, who has not been recused.
        WrongState: the case has no handler, or is closed or merged.
        NotHeldYet: it has not ended, or its times cannot be.
        BeforeTheCase: it was held before the case came; it belongs to another stage.
        NoSuchCentre: it was held in something that is no detention centre.
        PoliceUnheard: the suspect is not detained, and the police were not heard before.
        Unlawful: of who took part and where, as `composition.check` says.

    Records:
        InterrogationFiled.
    """
    case, suspect = cases.locked(act, wish.case), wish.suspect
    if case.handler_id is None or case.state in {CaseState.CLOSED, CaseState.MERGED}:
        raise WrongState(state=case.state, step="file")
    lasted = held.held_until - held.held_from
    if held.held_until > act.now or not SHORTEST <= lasted <= LONGEST:
        raise NotHeldYet
    if _day(held.held_from) < _day(case.origin.received_at):
        raise BeforeTheCase
    _state_centre(act, suspect, held.centre_id)
    heard = held.police_heard_at
    if grounds.police_come_first(case, suspect) and (heard is None or heard > held.held_from):
        raise PoliceUnheard(article=cited_en(POLICE_FIRST), article_zh=cited_zh(POLICE_FIRST))
    arranged = Arrangement(
        mode=held.mode,
        minutes=int(lasted / timedelta(minutes=1)),
        seats=tuple(held.seats),
        language=held.language,
        place=held.place,
    )
    asked = composition.asked(act, case, suspect, arranged, starts_at=held.held_from)
    composition.refuse(asked, composition.ON_PAPER)
    interrogation = operations.drafted(act, wish, arranged)
    interrogation.state = InterrogationState.ENDED
    interrogation.held_on_paper = True
    interrogation.started_at, interrogation.ended_at = held.held_from, held.held_until
    interrogation.police_heard_at = heard
    for seat in interrogation.attendances:
        seat.arrived_at, seat.left_at = held.held_from, held.held_until
    act.session.add(interrogation)
    act.session.flush()
    grounds.ended(act, interrogation)
    act.record(InterrogationFiled(interrogation.id, suspect.id))
    return interrogation


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _state_centre(act: Act, suspect: Suspect, centre_id: int | None) -> None:
    """Enter the centre of a suspect whose file names none; what the file names is not changed."""
    if centre_id is None or not suspect.in_custody or suspect.detention_centre_id is not None:
        return
    centre = act.session.get(Office, centre_id)
    if centre is None or centre.kind is not OfficeKind.DETENTION_CENTRE:
        raise NoSuchCentre
    suspect.detention_centre_id = centre.id
    act.session.flush()
