"""The register of whoever takes part and has no account."""

import pytest
from sqlalchemy import select

from services import participants
from services.kernel.act import JournalEntry
from services.kernel.refusals import NotAllowed, NotFound
from services.participants import NewParticipant, NobodysParticipant, ParticipantKind
from services.policy import PostKind
from tests.interrogations.conftest import Scene
from tests.make import Make


def interpreter(office_id: int, **given: object) -> NewParticipant:
    values: dict[str, object] = {"languages": ("ug",)} | given
    return NewParticipant(office_id, ParticipantKind.INTERPRETER, "译员甲", **values)  # type: ignore[arg-type]  # as a test names them


def test_the_staff_enter_an_interpreter(scene: Scene, make: Make) -> None:
    act = make.act(make.person(PostKind.ASSISTANT, scene.town.procuratorate))
    entered = participants.enter(act, interpreter(scene.town.procuratorate.id))
    assert (entered.languages, entered.entered_by) == (["ug"], act.actor.id)
    assert participants.find(act, entered.id) is entered
    make.session.flush()
    entry = make.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "ParticipantEntered")
    ).one()
    assert entry.details == {"kind": "interpreter"}, "never a name"


def test_a_representative_has_a_suspect_and_an_interpreter_none(scene: Scene, make: Make) -> None:
    act, office_id = make.act(scene.town.prosecutor), scene.town.procuratorate.id
    mother = NewParticipant(
        office_id,
        ParticipantKind.LEGAL_REPRESENTATIVE,
        "家属甲",
        suspect_id=scene.suspect.id,
        relation="母亲",
    )
    assert participants.enter(act, mother).suspect_id == scene.suspect.id
    with pytest.raises(NobodysParticipant):
        participants.enter(act, interpreter(office_id, suspect_id=scene.suspect.id))
    with pytest.raises(NobodysParticipant):
        participants.enter(act, NewParticipant(office_id, ParticipantKind.LAWYER, "律师甲"))


def test_only_the_office_s_own_staff(scene: Scene, make: Make) -> None:
    given = interpreter(scene.town.procuratorate.id)
    entered = participants.enter(make.act(scene.town.prosecutor), given)
    stranger = make.person(PostKind.PROSECUTOR)
    for person in (scene.centre.officer, scene.town.officer, stranger):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            participants.enter(act, given)
        with pytest.raises(NotAllowed):
            participants.correct(act, entered, name="译员乙")
        with pytest.raises(NotAllowed):
            participants.retire(act, entered)
        with pytest.raises(NotFound):
            participants.find(act, entered.id)


def test_a_name_or_a_number_is_corrected(scene: Scene, make: Make) -> None:
    act = make.act(scene.town.prosecutor)
    entered = participants.enter(act, interpreter(scene.town.procuratorate.id))
    version = entered.version
    participants.correct(
        act, entered, name="译员乙", languages=("ug", "kk"), relation="", telephone=""
    )
    assert (entered.name, entered.languages) == ("译员乙", ["ug", "kk"])
    assert entered.version == version + 1


def test_whoever_has_left_the_register_is_not_asked_again(scene: Scene, make: Make) -> None:
    act = make.act(scene.town.prosecutor)
    entered = participants.enter(act, interpreter(scene.town.procuratorate.id))
    make.session.flush()
    assert entered in make.session.scalars(participants.on_the_register(act)).all()
    participants.retire(act, entered)
    make.session.flush()
    assert entered not in make.session.scalars(participants.on_the_register(act)).all()
    assert participants.find(act, entered.id) is entered, "what it took part in still names it"
