"""The law of who and where: one scenario for one rule, and no rule that refuses nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services import interrogations
from services.arrest_requests.records import Suspect
from services.arrest_requests.terms import Measure
from services.assignments.records import Recusal, RecusalGround
from services.bookings import AlreadyTaken
from services.interrogations import Mode, Purpose, Role, Seat, composition, practice, separation
from services.interrogations.composition import (
    RULES,
    AdultDeclined,
    CentreUnknown,
    GirlWithoutWoman,
    Law,
    LawyerAtInterrogation,
    MinorAlone,
    MinorSignsAlone,
    NobodyProcuratorial,
    NoInterpreter,
    NoSignInterpreter,
    NotInTheCentre,
    NotLedByHandler,
    RecusedTakesPart,
    SeatDoesNotFit,
    SeatWithoutPost,
    SignsWithoutLawyer,
    SomebodyElses,
    TooFewStaff,
    Unlawful,
)
from services.interrogations.separation import CoSuspectsTooClose
from services.interrogations.standing_aside import (
    DeclinedAdult,
    NotRecusable,
    recuse_participant,
)
from services.kernel.refusals import NotAllowed
from services.participants import Participant, ParticipantKind
from services.people import Sex
from services.policy import PostKind
from services.resources import ResourceKind
from tests.interrogations.conftest import Scene
from tests.make import Make

TAG = "ug"


@dataclass
class Case:
    """A scene with something wrong in it, and the arrangement that it is wrong for."""

    scene: Scene
    make: Make
    given: dict[str, object] = field(default_factory=dict)

    @property
    def lead(self) -> Seat:
        return Seat(Role.LEAD, self.scene.town.prosecutor.id)

    def seat(self, role: Role, post: PostKind, **given: Any) -> Seat:
        return Seat(role, self.make.person(post, self.scene.town.procuratorate, **given).id)

    def assistant(self) -> Seat:
        return self.seat(Role.STAFF, PostKind.ASSISTANT)

    def clerk(self) -> Seat:
        return self.seat(Role.CLERK, PostKind.CLERK)

    def guest(self, kind: ParticipantKind, **given: object) -> Seat:
        values: dict[str, object] = {
            "office_id": self.scene.town.procuratorate.id,
            "name": "到场人甲",
            "languages": [],
            "entered_at": self.make.now,
            "entered_by": self.scene.town.prosecutor.id,
        }
        guest = Participant(kind=kind, **(values | given))
        self.make.session.add(guest)
        self.make.session.flush()
        return Seat(Role(kind.value), participant_id=guest.id)

    def own(self, kind: ParticipantKind) -> Seat:
        return self.guest(kind, suspect_id=self.scene.suspect.id)

    def sit(self, *seats: Seat, **given: object) -> None:
        self.given = {"seats": seats, **given}

    def question(self) -> composition.Question:
        scene = self.scene
        self.make.session.flush()
        self.make.session.expire(scene.case)
        return composition.asked(
            self.make.act(scene.town.prosecutor),
            scene.case,
            scene.suspect,
            self.make.arrangement(scene.town, **self.given),
            starts_at=scene.soon,
        )


def a_child(case: Case) -> Suspect:
    suspect = case.scene.suspect
    suspect.born_on = (case.make.now - timedelta(days=365 * 16)).date()
    return suspect


def one_seat_twice(case: Case) -> None:
    twice = case.guest(ParticipantKind.INTERPRETER)
    case.sit(case.lead, case.assistant(), twice, twice)


def alone(case: Case) -> None:
    case.sit(case.lead)


def led_by_another(case: Case) -> None:
    case.sit(case.seat(Role.LEAD, PostKind.PROSECUTOR), case.assistant())


def a_clerk_as_staff(case: Case) -> None:
    case.sit(case.lead, case.seat(Role.STAFF, PostKind.CLERK))


def two_without_the_office(case: Case) -> None:
    prosecutor = case.scene.town.prosecutor
    prosecutor.posts[0].until_on = case.make.now.date() - timedelta(days=1)
    case.make.post(prosecutor, PostKind.CASE_MANAGER, case.scene.town.procuratorate)
    case.sit(case.lead, case.clerk())


def recused(case: Case) -> None:
    clerk = case.clerk()
    case.make.session.add(
        Recusal(
            case_id=case.scene.case.id,
            person_id=clerk.person_id,
            ground=RecusalGround.INTEREST,
            recorded_by=case.scene.town.chief.id,
            recorded_at=case.make.now,
        )
    )
    case.sit(case.lead, case.assistant(), clerk)


def deaf(case: Case) -> None:
    case.scene.suspect.flags = ["deaf"]


def not_understood(case: Case) -> None:
    other = case.guest(ParticipantKind.INTERPRETER, languages=["vi"])
    case.sit(case.lead, case.assistant(), other, language=TAG)


def somebody_elses_mother(case: Case) -> None:
    a_child(case)
    other = case.make.suspect()
    case.make.handled(case.scene.town, other)
    mother = case.guest(ParticipantKind.LEGAL_REPRESENTATIVE, suspect_id=other.id)
    case.sit(case.lead, case.assistant(), mother)


def with_a_lawyer(case: Case) -> None:
    case.sit(case.lead, case.assistant(), case.own(ParticipantKind.LAWYER))


def signing_without_one(case: Case) -> None:
    case.sit(case.lead, case.assistant(), purpose=Purpose.SIGN_PLEA)


def an_adult_once_refused(case: Case) -> None:
    a_child(case)
    adult = case.own(ParticipantKind.APPROPRIATE_ADULT)
    booked = case.make.interrogation(
        case.scene.town,
        case.scene.case,
        case.scene.soon,
        seats=(case.lead, case.assistant(), case.own(ParticipantKind.LEGAL_REPRESENTATIVE)),
    )
    case.make.session.add(
        DeclinedAdult(
            suspect_id=case.scene.suspect.id,
            participant_id=adult.participant_id,
            interrogation_id=booked.id,
            reason="曾与其发生争执。",
            declined_at=case.make.now,
            declined_by=case.scene.town.prosecutor.id,
        )
    )
    case.sit(case.lead, case.assistant(), adult)


def a_child_alone(case: Case) -> None:
    a_child(case)


def a_child_signs_alone(case: Case) -> None:
    a_child(case)
    lawyer = case.own(ParticipantKind.LAWYER)
    case.sit(case.lead, case.assistant(), lawyer, purpose=Purpose.SIGN_PLEA)


def a_girl_among_men(case: Case) -> None:
    a_child(case).sex = Sex.FEMALE
    mother = case.own(ParticipantKind.LEGAL_REPRESENTATIVE)
    woman = case.seat(Role.CLERK, PostKind.CLERK, sex=Sex.FEMALE)
    case.sit(case.lead, woman, mother)


def held_nobody_knows_where(case: Case) -> None:
    case.scene.suspect.detention_centre_id = None


def called_to_a_place(case: Case) -> None:
    case.sit(case.lead, case.assistant(), mode=Mode.IN_PERSON, place="某村委会")


SCENARIOS: dict[type[Unlawful], Callable[[Case], None]] = {
    SeatDoesNotFit: one_seat_twice,
    TooFewStaff: alone,
    NotLedByHandler: led_by_another,
    SeatWithoutPost: a_clerk_as_staff,
    NobodyProcuratorial: two_without_the_office,
    RecusedTakesPart: recused,
    NoSignInterpreter: deaf,
    NoInterpreter: not_understood,
    SomebodyElses: somebody_elses_mother,
    LawyerAtInterrogation: with_a_lawyer,
    SignsWithoutLawyer: signing_without_one,
    AdultDeclined: an_adult_once_refused,
    MinorAlone: a_child_alone,
    MinorSignsAlone: a_child_signs_alone,
    GirlWithoutWoman: a_girl_among_men,
    CentreUnknown: held_nobody_knows_where,
    NotInTheCentre: called_to_a_place,
}


@pytest.fixture
def case(scene: Scene, make: Make) -> Case:
    return Case(scene, make)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.refusal.__name__)
def test_each_rule_refuses_what_no_other_rule_does(case: Case, rule: Law) -> None:
    SCENARIOS[rule.refusal](case)
    question = case.question()
    with pytest.raises(rule.refusal) as refused:
        composition.refuse(question)
    if rule.refusal is not SeatDoesNotFit:
        assert {"article", "article_zh"} <= set(refused.value.members)

    composition.refuse(question, [one for one in RULES if one is not rule])


def test_what_keeps_every_rule_is_accepted(case: Case) -> None:
    composition.refuse(case.question())
    case.scene.suspect.flags = ["mute"]
    case.sit(
        case.lead,
        case.clerk(),
        case.guest(ParticipantKind.SIGN_INTERPRETER),
        case.guest(ParticipantKind.INTERPRETER, languages=["vi", "ug-CN"]),
        language=TAG,
        room_id=case.scene.centre.rooms[1].id,
    )
    composition.refuse(case.question())
    case.scene.suspect.flags = []
    lawyer = case.own(ParticipantKind.LAWYER)
    case.sit(case.lead, case.assistant(), lawyer, purpose=Purpose.SIGN_PLEA)
    composition.refuse(case.question())


def test_a_booking_is_refused_by_the_same_law(case: Case) -> None:
    with pytest.raises(TooFewStaff) as refused:
        case.make.interrogation(
            case.scene.town, case.scene.case, case.scene.soon, seats=(case.lead,)
        )
    assert refused.value.members["article"] == "RULES 260¶1"


def test_posts_count_on_the_day_itself(case: Case) -> None:
    assistant = case.assistant()
    assert assistant.person_id is not None
    person = case.make.session.get_one(type(case.scene.town.chief), assistant.person_id)
    person.posts[0].from_on = (case.scene.soon + timedelta(days=2)).date()
    case.sit(case.lead, assistant)
    with pytest.raises(SeatWithoutPost):
        composition.refuse(case.question())
    person.posts[0].from_on = case.make.now.date()
    composition.refuse(case.question())


def test_a_room_is_one_of_the_suspect_s_own_centre(case: Case) -> None:
    other = case.make.centre(case.scene.town)
    desk = case.scene.centre.desks[0]
    for room_id in (other.rooms[0].id, desk.id, 0x7FFFFFFF):
        case.sit(case.lead, case.assistant(), room_id=room_id)
        with pytest.raises(NotInTheCentre):
            composition.refuse(case.question())


def test_who_is_not_held_is_called_to_a_place(case: Case) -> None:
    case.scene.suspect.measure = Measure.BAIL
    case.sit(case.lead, case.assistant(), mode=Mode.IN_PERSON, place="某村委会")
    composition.refuse(case.question())


def test_an_interpreter_is_recused_too_and_by_the_chief_only(case: Case) -> None:
    interpreter = case.guest(ParticipantKind.INTERPRETER, languages=[TAG])
    case.sit(case.lead, case.assistant(), interpreter, language=TAG)
    composition.refuse(case.question())
    participant = case.make.session.get_one(Participant, interpreter.participant_id)
    with pytest.raises(NotAllowed):
        recuse_participant(case.make.act(case.scene.town.prosecutor), case.scene.case, participant)
    chief = case.make.act(case.scene.town.chief)
    recuse_participant(chief, case.scene.case, participant)
    recuse_participant(chief, case.scene.case, participant)
    with pytest.raises(RecusedTakesPart):
        composition.refuse(case.question())
    mother = case.own(ParticipantKind.LEGAL_REPRESENTATIVE)
    with pytest.raises(NotRecusable):
        recuse_participant(
            chief,
            case.scene.case,
            case.make.session.get_one(Participant, mother.participant_id),
        )


# --- co-suspects -----------------------------------------------------------------------------


def _together(scene: Scene, make: Make) -> tuple[Suspect, datetime]:
    other = make.suspect(detention_centre_id=scene.centre.office.id)
    scene.case.suspects.append(other)
    other.request = scene.case.request
    make.session.flush()
    return other, scene.soon


def _book(
    make: Make, scene: Scene, suspect: Suspect, at: datetime, **given: object
) -> interrogations.Interrogation:
    act = make.act(scene.town.prosecutor)
    wish = interrogations.wish(act, scene.case, suspect.id)
    arranged = make.arrangement(scene.town, **given)
    return interrogations.book(act, wish, arranged, starts_at=at)


def _rooms(booked: interrogations.Interrogation) -> set[int]:
    assert booked.booking is not None
    kind = ResourceKind.INTERROGATION_ROOM
    return {one.resource_id for one in booked.booking.occupations if one.resource.kind is kind}


def test_co_suspects_do_not_follow_one_another_in_one_room(scene: Scene, make: Make) -> None:
    other, at = _together(scene, make)
    first = _book(make, scene, scene.suspect, at)
    second = _book(make, scene, other, at + timedelta(minutes=75))
    assert _rooms(first) & _rooms(second) == set()


def test_with_one_room_only_the_second_waits_as_long_as_the_practice_says(
    scene: Scene, make: Make
) -> None:
    other, at = _together(scene, make)
    room = scene.centre.rooms[0].id
    _book(make, scene, scene.suspect, at, room_id=room)
    with pytest.raises(CoSuspectsTooClose) as refused:
        _book(make, scene, other, at + timedelta(minutes=89), room_id=room)
    assert refused.value.members["apart_minutes"] == 30
    act = make.act(scene.town.prosecutor)
    hour = timedelta(hours=1)
    during = make.arrangement(scene.town).at
    case = scene.case
    assert not separation.apart(act, case, other, room, during(at + timedelta(minutes=89)))
    assert separation.apart(act, case, other, room, during(at + timedelta(minutes=90)))
    assert separation.apart(act, case, scene.suspect, room, during(at + hour))
    assert not separation.apart(act, case, other, room, during(at - timedelta(minutes=89)))
    _book(make, scene, other, at + timedelta(minutes=90), room_id=room)


def test_an_office_may_let_them_follow_but_never_overlap(scene: Scene, make: Make) -> None:
    other, at = _together(scene, make)
    manager = make.act(scene.town.manager)
    practice.change(
        manager,
        practice.find(manager),
        remote=True,
        displacing=True,
        apart_minutes=0,
        hold_minutes=10,
        offer_minutes=60,
    )
    room = scene.centre.rooms[0].id
    _book(make, scene, scene.suspect, at, room_id=room)
    with pytest.raises(AlreadyTaken):
        _book(make, scene, other, at + timedelta(minutes=69), room_id=room)
    _book(make, scene, other, at + timedelta(minutes=75), room_id=room)
