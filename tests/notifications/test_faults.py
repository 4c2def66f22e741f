"""A dead letter has an owner, who lets it go out again or says why it need not."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import deliveries, dispatcher, faults, sender
from notifications.channels import Outcome, Verdict
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.faults import DeliveryFault, FaultState
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Terms
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import Office
from services.people import Person
from services.policy import CONSOLE, MACHINE, PostKind
from services.sessions import SessionOpened
from services.tasks import Task, TaskKind, TaskState
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import NOTICES, Phones, Scripted

WRONG = Outcome(Verdict.BAD_PAYLOAD, "INVALID_ARGUMENT")
FCM = DeliveryChannel.FCM


@dataclass
class Mail:
    """Pushes to people of offices, all of which a vendor refuses."""

    make: Make
    seal: Seal
    channel: Scripted

    @property
    def session(self) -> Session:
        return self.make.session

    def ring(self, *people: Person) -> None:
        """Something happens to each, and the vendor refuses to carry it."""
        phones = Phones(self.make)
        for person in people:
            opened = phones.signed_in(person)
            token = str(uuid4())
            phones.device(opened, token)
            self.channel.answers[token] = [WRONG]
            phones.act(opened).record(SessionOpened(opened.id))
        self.session.flush()
        self.send()

    def send(self) -> int:
        now = machine_now()
        dispatcher.dispatch(self.make.act(MACHINE, now), NOTICES)
        act = self.make.act(MACHINE, NOON + timedelta())
        found = sender.claim(_at(act, now), FCM, self.seal, terms=Terms())
        outcomes = self.channel.send([one.push for one in found.pushes])
        answers = list(zip(found.pushes, outcomes, strict=True))
        sender.settle(_at(act, now), FCM, answers, terms=Terms())
        self.session.flush()
        self.session.expire_all()
        return len(answers)

    def heaps(self) -> list[DeliveryFault]:
        return list(self.session.scalars(select(DeliveryFault).order_by(DeliveryFault.id)))

    def tasks(self) -> list[Task]:
        chosen = select(Task).where(Task.kind == TaskKind.REPLAY_DELIVERIES).order_by(Task.id)
        return list(self.session.scalars(chosen))

    def letters(self) -> set[DeliveryState]:
        return set(self.session.scalars(select(Delivery.state).where(Delivery.channel == FCM)))

    def recorded(self) -> list[str]:
        kinds = self.session.scalars(select(JournalEntry.kind).order_by(JournalEntry.id))
        return [kind for kind in kinds if kind.startswith("Fault")]


def _at(act: Act, now: object) -> Act:
    return Act(act.actor, now, act.session)  # type: ignore[arg-type]  # a moment


@pytest.fixture
def mail(make: Make, seal: Seal, channel: Scripted) -> Mail:
    return Mail(make, seal, channel)


@pytest.fixture
def office(make: Make) -> Office:
    return make.office()


@pytest.fixture
def keeper(make: Make, office: Office) -> Person:
    return make.person(PostKind.ADMINISTRATOR, office)


@pytest.mark.usefixtures("keeper")
def test_dead_letters_of_one_office_are_one_heap_and_one_task(
    mail: Mail, make: Make, office: Office
) -> None:
    mail.ring(*(make.person(PostKind.PROSECUTOR, office) for _ in range(3)))

    (heap,) = mail.heaps()
    assert (heap.channel, heap.code, heap.office_id) == (FCM, "INVALID_ARGUMENT", office.id)
    owner = PostKind.ADMINISTRATOR
    assert (heap.letters, heap.state, heap.owner_post) == (3, FaultState.OPEN, owner)
    assert heap.led_by_ids == {office.id}
    (task,) = mail.tasks()
    assert (task.office_id, task.post, task.about_id) == (office.id, owner, heap.id)
    buried = select(Delivery.fault_id).where(Delivery.state == DeliveryState.DEAD_LETTER)
    assert mail.session.scalars(buried).all() == [heap.id] * 3

    mail.ring(make.person(PostKind.CLERK, office))
    assert [one.letters for one in mail.heaps()] == [4]
    assert len(mail.tasks()) == 1
    assert mail.recorded() == ["FaultOpened"], "one task, told once"


def test_each_office_has_a_heap_of_its_own(mail: Mail, make: Make) -> None:
    first, second = make.office(), make.office()
    mail.ring(make.person(PostKind.CLERK, first), make.person(PostKind.CLERK, second))

    assert {one.office_id for one in mail.heaps()} == {first.id, second.id}


def test_the_nearest_administrator_above_owns_what_nobody_below_does(
    mail: Mail, make: Make
) -> None:
    above = make.office()
    below = make.office(superior_id=above.id)
    make.person(PostKind.ADMINISTRATOR, above)
    make.person(PostKind.CASE_MANAGER, below)
    mail.ring(make.person(PostKind.CLERK, below))

    (task,) = mail.tasks()
    assert (task.office_id, task.post) == (above.id, PostKind.ADMINISTRATOR)


def test_case_management_owns_what_nobody_administers(
    mail: Mail, make: Make, office: Office
) -> None:
    manager = make.person(PostKind.CASE_MANAGER, office)
    mail.ring(make.person(PostKind.CLERK, office))

    (heap,) = mail.heaps()
    (task,) = mail.tasks()
    assert (task.office_id, task.post) == (office.id, PostKind.CASE_MANAGER)
    assert faults.find(make.act(manager), heap.id) is heap
    assert faults.dismiss(make.act(manager), heap, reason="测试").reason == "测试"


def test_somebody_without_any_post_is_not_forgotten(mail: Mail, make: Make) -> None:
    leading = make.office()
    mail.ring(make.person())

    assert [one.office_id for one in mail.heaps()] == [leading.id]


def test_the_owner_is_told_without_a_word_of_whom_it_concerns(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    mail.ring(make.person(PostKind.PROSECUTOR, office))
    (heap,) = mail.heaps()
    notice = notices()["FaultOpened"]

    assert notice.to.people(mail.session, heap) == {keeper.id}
    entry = mail.session.scalars(
        select(JournalEntry).where(JournalEntry.kind == "FaultOpened")
    ).one()
    assert entry.details == {"channel": "fcm", "code": "INVALID_ARGUMENT"}
    assert notice.write(entry.event, heap).link == f"/delivery-faults/{heap.id}"


def test_a_replay_lets_them_go_out_again_with_fresh_attempts_and_expiry(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    mail.ring(*(make.person(PostKind.PROSECUTOR, office) for _ in range(2)))
    (heap,) = mail.heaps()
    old = {one.id: one.expires_at for one in _letters(mail)}

    faults.replay(make.act(keeper), heap)
    mail.session.flush()
    mail.session.expire_all()

    assert (heap.state, heap.replayed, heap.closed_by) == (FaultState.REPLAYED, 2, keeper.id)
    again = _letters(mail)
    assert {(one.state, one.attempts, one.error) for one in again} == {
        (DeliveryState.PENDING, 0, None)
    }
    assert all(one.expires_at > old[one.id] for one in again)
    assert [task.state for task in mail.tasks()] == [TaskState.DONE]
    assert mail.recorded() == ["FaultOpened", "FaultReplayed"]

    assert mail.send() == 2, "the devices are asked again although they had refused"
    assert mail.letters() == {DeliveryState.SENT}


def _letters(mail: Mail) -> list[Delivery]:
    return list(mail.session.scalars(select(Delivery).where(Delivery.channel == FCM)))


def test_what_was_read_meanwhile_is_not_sent_again(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    reader, other = (make.person(PostKind.PROSECUTOR, office) for _ in range(2))
    mail.ring(reader, other)
    act = make.act(reader)
    (line,) = mail.session.scalars(deliveries.visible(act)).all()
    deliveries.read(act, line)
    (heap,) = mail.heaps()

    faults.replay(make.act(keeper), heap)
    mail.session.expire_all()

    assert heap.replayed == 1
    assert mail.letters() == {DeliveryState.SUPERSEDED, DeliveryState.PENDING}


def test_a_heap_that_was_dismissed_keeps_the_reason_and_its_letters(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    mail.ring(make.person(PostKind.PROSECUTOR, office))
    (heap,) = mail.heaps()

    faults.dismiss(make.act(keeper), heap, reason="测试推送，无需重发")

    assert (heap.state, heap.reason) == (FaultState.DISMISSED, "测试推送，无需重发")
    assert mail.letters() == {DeliveryState.DEAD_LETTER}
    assert [task.state for task in mail.tasks()] == [TaskState.DONE]
    assert mail.recorded() == ["FaultOpened", "FaultDismissed"]
    with pytest.raises(WrongState):
        faults.replay(make.act(keeper), heap)
    with pytest.raises(WrongState):
        faults.dismiss(make.act(keeper), heap, reason="再次")


def test_the_next_failure_after_a_replay_is_a_new_heap(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    mail.ring(make.person(PostKind.PROSECUTOR, office))
    faults.replay(make.act(keeper), mail.heaps()[0])
    for one in mail.channel.sent:
        mail.channel.answers[one.token] = [WRONG]
    mail.send()

    assert [one.state for one in mail.heaps()] == [FaultState.REPLAYED, FaultState.OPEN]
    assert [task.state for task in mail.tasks()] == [TaskState.DONE, TaskState.OPEN]


def test_an_administrator_above_may_and_nobody_else_does(
    mail: Mail, make: Make, office: Office, keeper: Person
) -> None:
    below = make.office(superior_id=office.id)
    make.person(PostKind.ADMINISTRATOR, below)
    mail.ring(make.person(PostKind.PROSECUTOR, below))
    (heap,) = mail.heaps()

    assert faults.find(make.act(keeper), heap.id) is heap
    for post in (PostKind.CASE_MANAGER, PostKind.PROSECUTOR, PostKind.AUDITOR):
        stranger = make.act(make.person(post, below))
        with pytest.raises(NotFound):
            faults.find(stranger, heap.id)
        with pytest.raises(NotAllowed):
            faults.replay(stranger, heap)
        with pytest.raises(NotAllowed):
            faults.dismiss(stranger, heap, reason="不可")
    elsewhere = make.act(make.person(PostKind.ADMINISTRATOR))
    with pytest.raises(NotFound):
        faults.find(elsewhere, heap.id)
    faults.replay(make.act(CONSOLE), heap)
    assert heap.closed_by is None
