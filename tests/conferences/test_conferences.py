"""Joint conferences: who is asked, what advice is worth, and what a member learns of the case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from notifications.messages import notices
from services import assignments, conferences
from services.assignments import RecusalGround
from services.cases import CaseState
from services.conferences import (
    FLOW,
    Conference,
    ConferenceForm,
    ConferenceOpinion,
    ConferenceState,
    DepartureStated,
    FormNotHeld,
    HeldTooEarly,
    NoMajority,
    NotInvitable,
    NotYetHeld,
    OpinionSaid,
    Position,
    Reach,
    SettingsOutOfBounds,
    TooFewMembers,
    TooFewVoices,
    settings,
)
from services.deadlines import Deadline
from services.kernel.act import Actor, JournalEntry
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound, Stale
from services.people import Person
from services.policy import Permission, PostKind, allows
from services.tasks import Task, TaskKind, TaskState
from tests.conferences.conftest import FACTS, LATER, NOW, QUESTION, Hall

YES, NO, ELSE = Position


def open_tasks(hall: Hall, kind: TaskKind) -> list[Task]:
    hall.session.flush()
    chosen = select(Task).where(Task.kind == kind, Task.state == TaskState.OPEN)
    return list(hall.session.scalars(chosen.order_by(Task.id)))


def hears(hall: Hall, conference: Conference, kind: str) -> set[int]:
    """Who is told, as the dispatcher finds them; no message says anything of the case."""
    hall.session.flush()
    notice = notices()[kind]
    entry = hall.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.kind == kind, JournalEntry.about_id == conference.id)
        .order_by(JournalEntry.id.desc())
    ).first()
    assert entry is not None
    words = notice.write(entry.event, conference)
    assert hall.case.number not in words.title + words.body
    assert QUESTION not in words.body
    assert words.link == f"/conferences/{conference.id}"
    return notice.to.people(hall.session, conference)


# --- calling one --------------------------------------------------------------------------------


def test_a_handler_asks_and_the_head_convenes(hall: Hall) -> None:
    """RULES 6 paragraph 2."""
    conference = hall.asked()

    (task,) = open_tasks(hall, TaskKind.CONVENE_CONFERENCE)
    assert (task.post, task.office_id) == (PostKind.DEPARTMENT_HEAD, hall.town.procuratorate.id)
    assert conferences.allowed(hall.act(hall.head), conference) == ["convene", "call_off"]
    assert hears(hall, conference, "ConferenceAsked") == {hall.head.id, hall.town.chief.id}

    conferences.convene(
        hall.act(hall.head),
        conference,
        form=ConferenceForm.REMOTE,
        held_at=LATER,
        members=hall.members(),
    )

    assert conference.state is ConferenceState.CONVENED
    assert (conference.convened_by, conference.fewest) == (hall.head.id, 3)
    assert open_tasks(hall, TaskKind.CONVENE_CONFERENCE) == []
    asked = {*(one.id for one in hall.own), hall.guest.id}
    assert {one.person_id for one in open_tasks(hall, TaskKind.GIVE_CONFERENCE_OPINION)} == asked
    told = hears(hall, conference, "ConferenceConvened")
    assert told == asked | {hall.town.prosecutor.id}


@pytest.mark.parametrize("who", ["head", "chief"])
def test_the_head_or_the_chief_calls_one_without_being_asked(hall: Hall, who: str) -> None:
    caller = hall.head if who == "head" else hall.town.chief
    conference = conferences.call(
        hall.act(caller),
        hall.case,
        question=QUESTION,
        facts=FACTS,
        form=ConferenceForm.PRESENT,
        held_at=LATER,
        members=hall.members(),
    )

    assert (conference.state, conference.convened_by) == (ConferenceState.CONVENED, caller.id)


def test_the_pool_reaches_other_offices_and_leaves_out_handler_and_recused(hall: Hall) -> None:
    assignments.recuse(
        hall.act(hall.town.chief),
        hall.case,
        person_id=hall.own[0].id,
        ground=RecusalGround.INTEREST,
    )

    pool = hall.session.scalars(conferences.candidates(hall.act(hall.head), hall.case)).all()

    found = {post.person_id for post in pool}
    assert {hall.own[1].id, hall.guest.id} <= found
    assert not found & {hall.own[0].id, hall.town.prosecutor.id, hall.town.chief.id}
    with pytest.raises(NotAllowed):
        conferences.candidates(hall.act(hall.own[1]), hall.case)


def _handler(hall: Hall) -> Person:
    return hall.town.prosecutor


def _recused(hall: Hall) -> Person:
    assignments.recuse(
        hall.act(hall.town.chief),
        hall.case,
        person_id=hall.own[1].id,
        ground=RecusalGround.INTEREST,
    )
    return hall.own[1]


def _clerk(hall: Hall) -> Person:
    return hall.make.person(PostKind.CLERK, hall.town.procuratorate)


@pytest.mark.parametrize("wrong", [_handler, _recused, _clerk])
def test_neither_the_handler_nor_a_recused_nor_a_clerk_is_a_member(
    hall: Hall, wrong: Callable[[Hall], Person]
) -> None:
    """The handler presents; a voice of one's own would count the same view twice."""
    person = wrong(hall)

    with pytest.raises(NotInvitable) as refused:
        hall.called(ConferenceForm.WRITTEN, hall.own[0], hall.guest, person)

    assert refused.value.members["people"] == [person.id]


def test_a_prosecutor_is_invited_as_of_the_own_office_only(hall: Hall) -> None:
    members = [*hall.members(*hall.own), (hall.guest.id, hall.town.procuratorate.id)]

    with pytest.raises(NotInvitable):
        conferences.call(
            hall.act(hall.head),
            hall.case,
            question=QUESTION,
            facts=FACTS,
            form=ConferenceForm.WRITTEN,
            held_at=LATER,
            members=members,
        )


def test_fewer_members_than_the_office_asks_for_are_too_few(hall: Hall) -> None:
    with pytest.raises(TooFewMembers) as refused:
        hall.called(ConferenceForm.WRITTEN, hall.own[0], hall.guest)

    assert refused.value.members["fewest"] == 3


def test_a_conference_is_not_held_before_it_is_convened(hall: Hall) -> None:
    with pytest.raises(HeldTooEarly):
        conferences.call(
            hall.act(hall.head),
            hall.case,
            question=QUESTION,
            facts=FACTS,
            form=ConferenceForm.WRITTEN,
            held_at=NOW - timedelta(minutes=1),
            members=hall.members(),
        )


def test_convened_anew_it_keeps_who_has_spoken_and_drops_the_rest(hall: Hall) -> None:
    conference = hall.called()
    hall.says(conference, hall.own[0], YES)
    other = hall.make.person(PostKind.PROSECUTOR, hall.town.procuratorate)

    def anew(*people: Person) -> None:
        conferences.convene(
            hall.act(hall.head),
            conference,
            form=ConferenceForm.WRITTEN,
            held_at=LATER + timedelta(days=1),
            members=hall.members(*people),
        )

    with pytest.raises(OpinionSaid):
        anew(hall.own[1], hall.guest, other)
    anew(hall.own[0], hall.guest, other)

    waiting = open_tasks(hall, TaskKind.GIVE_CONFERENCE_OPINION)
    assert {one.person_id for one in waiting} == {hall.guest.id, other.id}
    assert {str(one.due_on) for one in waiting} == {"2026-03-04"}
    dropped = hall.act(hall.own[1])
    with pytest.raises(NotFound):
        conferences.find(dropped, conference.id)


# --- what the office may set ----------------------------------------------------------------------


def test_what_the_law_leaves_open_is_set_by_the_office(hall: Hall) -> None:
    manager = hall.act(hall.town.manager)
    own = settings.find(manager)
    assert (own.fewest, own.reach, own.version) == (3, Reach.ANY_OFFICE, 0)

    settings.change(manager, own, fewest=2, forms=[ConferenceForm.PRESENT], reach=Reach.OWN_OFFICE)
    hall.session.flush()

    with pytest.raises(FormNotHeld):
        hall.called(ConferenceForm.REMOTE, *hall.own)
    with pytest.raises(NotInvitable):
        hall.called(ConferenceForm.PRESENT, *hall.own, hall.guest)
    assert hall.called(ConferenceForm.PRESENT, *hall.own).fewest == 2
    pool = hall.session.scalars(conferences.candidates(hall.act(hall.head), hall.case)).all()
    assert {post.office_id for post in pool} == {hall.town.procuratorate.id}


@pytest.mark.parametrize(
    ("fewest", "forms"), [(0, list(ConferenceForm)), (31, list(ConferenceForm)), (3, [])]
)
def test_settings_have_bounds(hall: Hall, fewest: int, forms: list[ConferenceForm]) -> None:
    manager = hall.act(hall.town.manager)

    with pytest.raises(SettingsOutOfBounds):
        settings.change(
            manager, settings.find(manager), fewest=fewest, forms=forms, reach=Reach.OWN_OFFICE
        )


def test_settings_are_set_by_case_management_or_the_chief_and_read_by_the_head(hall: Hall) -> None:
    with pytest.raises(NotAllowed):
        settings.change(
            hall.act(hall.head),
            settings.find(hall.act(hall.head)),
            fewest=1,
            forms=[ConferenceForm.WRITTEN],
            reach=Reach.OWN_OFFICE,
        )
    for person in (hall.town.prosecutor, hall.town.officer):
        with pytest.raises(NotFound):
            settings.find(hall.act(person))
    found = settings.find(hall.act(hall.town.chief))
    settings.change(
        hall.act(hall.town.chief),
        found,
        fewest=1,
        forms=[ConferenceForm.WRITTEN],
        reach=Reach.OWN_OFFICE,
    )
    assert found.set_by == hall.town.chief.id


def test_settings_said_twice_at_once_are_said_once(hall: Hall) -> None:
    manager = hall.act(hall.town.manager)
    first, second = settings.find(manager), settings.find(manager)
    given = {"forms": [ConferenceForm.WRITTEN], "reach": Reach.OWN_OFFICE}
    settings.change(manager, first, fewest=2, **given)  # type: ignore[arg-type]
    hall.session.flush()
    hall.session.expunge(first)

    with pytest.raises(Stale):
        settings.change(manager, second, fewest=4, **given)  # type: ignore[arg-type]


# --- saying one's opinion -------------------------------------------------------------------------


def test_an_opinion_may_be_replaced_and_the_earlier_one_stays(hall: Hall) -> None:
    conference = hall.called()
    member = hall.own[0]

    hall.says(conference, member, YES)
    hall.says(conference, member, NO)

    said = [(one.position, one.replaced_at is None) for one in conference.opinions]
    assert said == [(YES, False), (NO, True)]
    assert conference.count == {YES: 0, NO: 1, ELSE: 0}
    assert member.id not in {
        one.person_id for one in open_tasks(hall, TaskKind.GIVE_CONFERENCE_OPINION)
    }


def test_the_database_knows_one_voice_for_each_member(hall: Hall) -> None:
    conference = hall.called()
    hall.says(conference, hall.own[0], YES)
    twice = ConferenceOpinion(
        conference_id=conference.id,
        person_id=hall.own[0].id,
        position=NO,
        opinion="再说一次。",
        said_at=NOW,
    )

    with pytest.raises(IntegrityError, match="one_voice"), hall.session.begin_nested():
        hall.session.add(twice)


@pytest.mark.parametrize("form", [ConferenceForm.PRESENT, ConferenceForm.REMOTE])
def test_ahead_of_the_conference_one_speaks_in_writing_only(
    hall: Hall, form: ConferenceForm
) -> None:
    conference = hall.called(form)

    with pytest.raises(NotYetHeld):
        hall.says(conference, hall.own[0], YES)
    conferences.opine(hall.act(hall.own[0], LATER), conference, position=YES, words="同意。")

    assert len(conference.voices) == 1


def test_only_the_invited_speak_and_recusal_silences_at_once(hall: Hall) -> None:
    conference = hall.called()
    hall.says(conference, hall.own[0], YES)
    for person in (hall.town.prosecutor, hall.town.chief, hall.head, hall.town.officer):
        with pytest.raises(NotAllowed):
            hall.says(conference, person, YES)

    assignments.recuse(
        hall.act(hall.town.chief),
        hall.case,
        person_id=hall.own[0].id,
        ground=RecusalGround.INTEREST,
    )
    conference = hall.reread(conference)

    with pytest.raises(NotAllowed):
        hall.says(conference, hall.own[0], NO)
    with pytest.raises(NotFound):
        conferences.find(hall.act(hall.own[0]), conference.id)
    assert conference.voices == []


def test_a_member_who_becomes_the_handler_has_no_voice(hall: Hall) -> None:
    conference = hall.called()
    hall.says(conference, hall.own[0], YES)

    hall.case.handler_id = hall.own[0].id
    conference = hall.reread(conference)

    assert conference.voices == []
    assert conferences.find(hall.act(hall.own[0]), conference.id) is conference
    with pytest.raises(NotAllowed):
        hall.says(conference, hall.own[0], YES)


# --- closing it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "majority"),
    [
        ((YES, YES, YES), YES),
        ((YES, YES, NO), YES),
        ((NO, NO, YES), NO),
        ((ELSE, ELSE, YES), ELSE),
        ((YES, NO, ELSE), None),
    ],
)
def test_closed_it_advises_and_changes_nothing(
    hall: Hall, said: tuple[Position, ...], majority: Position | None
) -> None:
    """RULES 4, 6: the decision stays where it was; no period moves."""
    before = (hall.case.state, hall.case.version, _periods(hall))
    conference = hall.heard(*said)

    conferences.close(hall.act(hall.head), conference, summary="综述。")

    assert conference.majority is majority
    assert (conference.state, conference.summary) == (ConferenceState.CLOSED, "综述。")
    assert (hall.case.state, hall.case.version, _periods(hall)) == before
    assert hall.case.state is CaseState.ASSIGNED
    assert hears(hall, conference, "ConferenceClosed") == {
        hall.town.prosecutor.id,
        hall.head.id,
        hall.town.chief.id,
    }


def _periods(hall: Hall) -> list[tuple[object, ...]]:
    chosen = select(Deadline.due_on, Deadline.closed_at).order_by(Deadline.id)
    return [tuple(row) for row in hall.session.execute(chosen)]


def test_two_of_four_are_no_majority(hall: Hall) -> None:
    fourth = hall.make.person(PostKind.PROSECUTOR, hall.town.procuratorate)
    conference = hall.called(ConferenceForm.WRITTEN, *hall.own, hall.guest, fourth)
    for person, position in zip((*hall.own, hall.guest, fourth), (YES, YES, NO, NO), strict=True):
        hall.says(conference, person, position)

    assert conference.majority is None


def test_it_is_closed_when_enough_have_spoken(hall: Hall) -> None:
    conference = hall.called()
    for person in hall.own:
        hall.says(conference, person, YES)

    with pytest.raises(TooFewVoices):
        conferences.close(hall.act(hall.head), conference, summary="两人发言。")

    assert conference.state is ConferenceState.CONVENED


def test_another_head_does_not_close_what_one_convened(hall: Hall) -> None:
    conference = hall.heard(YES, YES, NO)
    other = hall.make.person(PostKind.DEPARTMENT_HEAD, hall.town.procuratorate)
    for person in (other, hall.town.prosecutor, hall.town.manager, hall.guest):
        with pytest.raises(NotAllowed):
            conferences.close(hall.act(person), conference, summary="不该如此。")

    conferences.close(hall.act(hall.town.chief), conference, summary="检察长结束。")

    assert conference.ended_by == hall.town.chief.id


@pytest.mark.parametrize("asked", [True, False])
def test_it_is_called_off_with_a_reason(hall: Hall, *, asked: bool) -> None:
    conference = hall.asked() if asked else hall.called()

    conferences.call_off(hall.act(hall.head), conference, reason="期限将届，直接报检察长。")

    assert conference.state is ConferenceState.CALLED_OFF
    for kind in (TaskKind.CONVENE_CONFERENCE, TaskKind.GIVE_CONFERENCE_OPINION):
        assert open_tasks(hall, kind) == []
    assert hall.town.prosecutor.id in hears(hall, conference, "ConferenceCancelled")


def test_the_handler_who_goes_another_way_says_why(hall: Hall) -> None:
    """A departure from the majority is reasoned and reported."""
    conference = hall.closed(NO, NO, YES)
    handler = hall.act(hall.town.prosecutor)
    for person in (hall.head, hall.town.chief, hall.own[0]):
        with pytest.raises(NotAllowed):
            conferences.depart(hall.act(person), conference, reasons="不是承办人。")

    conferences.depart(handler, conference, reasons="第二次认定程序合法。")

    assert (conference.departure, conference.departed_by) == (
        "第二次认定程序合法。",
        hall.town.prosecutor.id,
    )
    assert hears(hall, conference, "ConferenceDeparted") == {hall.head.id, hall.town.chief.id}
    with pytest.raises(DepartureStated):
        conferences.depart(handler, conference, reasons="再说一次。")


def test_without_a_majority_there_is_nothing_to_depart_from(hall: Hall) -> None:
    conference = hall.closed(YES, NO, ELSE)

    with pytest.raises(NoMajority):
        conferences.depart(hall.act(hall.town.prosecutor), conference, reasons="无多数意见。")


# --- every state, every step ----------------------------------------------------------------------


def _step(hall: Hall, conference: Conference, step: str) -> None:
    steps: dict[str, Callable[[], object]] = {
        "convene": lambda: conferences.convene(
            hall.act(hall.head),
            conference,
            form=ConferenceForm.WRITTEN,
            held_at=LATER,
            members=hall.members(),
        ),
        "opine": lambda: hall.says(conference, hall.own[0], YES),
        "close": lambda: conferences.close(hall.act(hall.town.chief), conference, summary="综述。"),
        "call_off": lambda: conferences.call_off(hall.act(hall.head), conference, reason="取消。"),
        "depart": lambda: conferences.depart(
            hall.act(hall.town.prosecutor), conference, reasons="理由。"
        ),
    }
    steps[step]()


@pytest.mark.prove
@pytest.mark.parametrize("step", FLOW.every_step)
@pytest.mark.parametrize("state", ConferenceState)
def test_each_step_is_open_from_its_states_only(
    hall: Hall, state: ConferenceState, step: str
) -> None:
    conference = hall.heard(YES, YES, YES)
    if state is ConferenceState.CLOSED:
        conferences.close(hall.act(hall.head), conference, summary="综述。")
    elif state is ConferenceState.CALLED_OFF:
        conferences.call_off(hall.act(hall.head), conference, reason="取消。")
    else:
        conference.state = state
    hall.session.flush()
    if step == "depart":
        hall.session.flush()

    if state in FLOW.sources(step):
        _step(hall, conference, step)
    else:
        with pytest.raises(WrongState):
            _step(hall, conference, step)


# --- who may know of it --------------------------------------------------------------------------


def test_what_is_visible_is_what_the_law_lets_one_read(hall: Hall) -> None:
    hall.asked()
    hall.called()
    hall.closed(YES, YES, NO)
    other = hall.make.town()
    hall.session.flush()
    hall.session.expire_all()
    everything = hall.session.scalars(select(Conference)).all()
    people = (hall.town.prosecutor.id, hall.own[0].id, hall.guest.id, 0)
    offices = (hall.town.procuratorate, hall.town.police, hall.elsewhere, other.procuratorate)
    sizes = set()
    for person_id in people:
        for post in PostKind:
            for office in offices:
                actor = Actor(person_id, frozenset({(post.value, office.id)}))
                act = hall.make.act(actor)
                seen = {one.id for one in hall.session.scalars(conferences.visible(act))}
                lawful = {
                    one.id for one in everything if allows(actor, Permission.CONFERENCE_READ, one)
                }
                assert seen == lawful, actor
                sizes.add(len(seen))
    assert sizes == {0, 2, 3}


def test_a_guest_reads_question_and_facts_only_while_it_is_held(hall: Hall) -> None:
    guest = hall.act(hall.guest).actor
    conference = hall.heard(YES, YES, NO)
    assert allows(guest, Permission.CONFERENCE_FACTS_READ, conference)
    assert not allows(guest, Permission.CONFERENCE_RECORD_READ, conference)
    assert not allows(guest, Permission.CASE_READ, hall.case)

    conferences.close(hall.act(hall.head), conference, summary="综述。")

    assert allows(guest, Permission.CONFERENCE_READ, conference)
    assert not allows(guest, Permission.CONFERENCE_FACTS_READ, conference)


def test_asking_and_calling_are_whose_they_are(hall: Hall) -> None:
    for person in (hall.head, hall.town.chief, hall.own[0], hall.town.manager, hall.town.officer):
        with pytest.raises(NotAllowed):
            conferences.ask(hall.act(person), hall.case, question=QUESTION, facts=FACTS)
    conference = hall.asked()
    for person in (hall.town.prosecutor, hall.town.manager, hall.own[0], hall.town.officer):
        with pytest.raises(NotAllowed):
            conferences.convene(
                hall.act(person),
                conference,
                form=ConferenceForm.WRITTEN,
                held_at=LATER,
                members=hall.members(),
            )
        with pytest.raises(NotAllowed):
            conferences.call_off(hall.act(person), conference, reason="不该如此。")
    assert hall.session.scalar(select(func.count(Conference.id))) == 1
