"""From the journal to deliveries: once for each, and a mistake costs nobody else their message."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.event import listen, remove
from sqlalchemy.orm import Session

from notifications import dispatcher
from notifications.audiences import person, pool, together
from notifications.deliveries import Delivery, DeliveryChannel, DeliveryState
from notifications.dispatcher import Dispatched
from notifications.escalations import Escalation, EscalationState
from notifications.messages import Notice, Urgency, topic_of
from services.kernel.act import JournalEntry, Undispatched
from services.kernel.refusals import NotAllowed
from services.people import Person
from services.policy import MACHINE, PostKind
from services.sessions import SessionOpened, SignInSession
from tests.conftest import NOON
from tests.make import Make
from tests.notifications.conftest import NOTICES, Phones

MOST_STATEMENTS = 40
"""Of one batch, however many events are in it."""


def _deliveries(session: Session) -> list[tuple[int, DeliveryChannel, DeliveryState]]:
    rows = select(Delivery.person_id, Delivery.channel, Delivery.state).order_by(Delivery.id)
    return [(person_id, channel, state) for person_id, channel, state in session.execute(rows)]


def _jobs(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")))


def test_an_event_is_told_once(phones: Phones, make: Make) -> None:
    opened = phones.rings()
    machine = make.act(MACHINE)

    first = dispatcher.dispatch(machine, NOTICES)
    second = dispatcher.dispatch(machine, NOTICES)

    assert (first.told, second) == (1, Dispatched(None, 0, 0))
    assert _deliveries(make.session) == [
        (opened.person_id, DeliveryChannel.INBOX, DeliveryState.DELIVERED)
    ]


def test_a_phone_is_woken_as_well_and_both_speak_of_one_item(phones: Phones, make: Make) -> None:
    opened = phones.rings("accept-1", "accept-2")

    dispatcher.dispatch(make.act(MACHINE), NOTICES)

    assert _deliveries(make.session) == [
        (opened.person_id, DeliveryChannel.INBOX, DeliveryState.DELIVERED),
        (opened.person_id, DeliveryChannel.FCM, DeliveryState.PENDING),
    ]
    inbox, push = make.session.scalars(select(Delivery).order_by(Delivery.id))
    assert inbox.item == push.item
    assert push.expires_at - push.dispatched_at == timedelta(days=3)
    assert _jobs(make.session) == ["dispatch", "send"]


def test_telling_the_same_entry_again_changes_nothing(phones: Phones, make: Make) -> None:
    phones.rings("accept-1")
    dispatcher.dispatch(make.act(MACHINE), NOTICES)
    before = _deliveries(make.session)

    entry = make.session.scalars(select(JournalEntry)).one()
    make.session.add(Undispatched(entry_id=entry.id))
    make.session.flush()
    dispatcher.dispatch(make.act(MACHINE), NOTICES)

    assert _deliveries(make.session) == before


def test_an_event_nobody_is_told_of_leaves_the_outbox(phones: Phones, make: Make) -> None:
    phones.rings()

    assert dispatcher.dispatch(make.act(MACHINE), {}).told == 1
    assert make.session.scalars(select(Undispatched)).all() == []
    assert _deliveries(make.session) == []


def test_one_bad_notice_does_not_stand_in_the_others_way(phones: Phones, make: Make) -> None:
    bad, good = phones.rings(), phones.rings()

    class Breaking(person):
        def people(self, session: Session, record: SignInSession) -> set[int]:
            if record.id == bad.id:
                session.execute(text("SELECT 1 / 0"))
            return super().people(session, record)

    working = NOTICES["SessionOpened"]
    audience = Breaking("person_id")
    notices = {"SessionOpened": Notice(SignInSession, audience, working.write, Urgency.INFO, None)}

    batch = dispatcher.dispatch(make.act(MACHINE), notices, batch=1)
    assert (batch.told, batch.failed) == (0, 1)
    rest = dispatcher.dispatch(make.act(MACHINE), notices, after=batch.last or 0, batch=1)
    assert (rest.told, rest.failed) == (1, 0)
    assert [row[0] for row in _deliveries(make.session)] == [good.person_id]

    assert dispatcher.dispatch(make.act(MACHINE), NOTICES).told == 1, "and it is told once mended"


def test_only_the_house_itself_tells(phones: Phones) -> None:
    opened = phones.rings()

    with pytest.raises(NotAllowed):
        dispatcher.dispatch(phones.act(opened), NOTICES)


def test_an_audience_is_composed_of_a_few_words(make: Make) -> None:
    office, elsewhere = make.office(), make.office()
    manager = make.person(PostKind.CASE_MANAGER, office)
    chief = make.person(PostKind.CHIEF_PROCURATOR, office)
    make.person(PostKind.CASE_MANAGER, elsewhere)
    left = make.person()
    make.post(left, PostKind.CASE_MANAGER, office, until_on=NOON.date() - timedelta(days=900))
    post = make.post(make.person(), PostKind.CLERK, office)

    everyone = together(
        person("person_id"),
        pool(PostKind.CASE_MANAGER, of="office_id"),
        pool(PostKind.CHIEF_PROCURATOR, PostKind.CASE_MANAGER, of="office_id"),
    )

    assert everyone.people(make.session, post) == {post.person_id, manager.id, chief.id}
    assert person("locked_until").people(make.session, manager) == set()
    assert pool(PostKind.CLERK, of="locked_until").people(make.session, manager) == set()


def test_somebody_whose_account_is_disabled_is_not_woken(phones: Phones, make: Make) -> None:
    opened = phones.rings("accept-1")
    make.session.get_one(Person, opened.person_id).disabled_at = NOON
    make.session.flush()

    dispatcher.dispatch(make.act(MACHINE), NOTICES)

    assert [row[1] for row in _deliveries(make.session)] == [DeliveryChannel.INBOX]


def test_the_sample_event_is_the_journal_s(phones: Phones, make: Make) -> None:
    opened = phones.rings()
    entry = make.session.scalars(select(JournalEntry)).one()

    assert entry.event == SessionOpened(opened.id)


def _told_in(make: Make, phones: Phones, events: int, urgency: Urgency) -> list[str]:
    """What the database is asked so that so many events are told in one batch."""
    for number in range(events):
        phones.rings(f"accept-{events}-{number}")
    notice = replace(NOTICES["SessionOpened"], urgency=urgency, topic=topic_of("session"))
    make.session.expunge_all()
    make.session.info.clear()
    asked: list[str] = []

    def keep(*given: object) -> None:
        asked.append(str(given[2]))

    bind = make.session.get_bind()
    listen(bind, "before_cursor_execute", keep)
    try:
        batch = dispatcher.dispatch(make.act(MACHINE), {"SessionOpened": notice})
    finally:
        remove(bind, "before_cursor_execute", keep)
    assert batch.told == events
    return asked


@pytest.mark.parametrize("urgency", [Urgency.INFO, Urgency.URGENT])
def test_many_events_are_told_by_as_few_statements_as_two(
    urgency: Urgency, phones: Phones, make: Make
) -> None:
    few, many = (_told_in(make, phones, events, urgency) for events in (2, 20))

    assert len(many) == len(few) <= MOST_STATEMENTS
    assert len(_deliveries(make.session)) == 2 * 22, "an inbox line and a push of each"


def test_what_cannot_be_told_costs_the_others_of_its_batch_nothing(
    phones: Phones, make: Make
) -> None:
    bad, *good = [phones.rings() for _ in range(5)]

    class Breaking(person):
        def people(self, session: Session, record: SignInSession) -> set[int]:
            if record.id == bad.id:
                session.execute(text("SELECT 1 / 0"))
            return super().people(session, record)

    notice = replace(NOTICES["SessionOpened"], to=Breaking("person_id"), urgency=Urgency.URGENT)

    batch = dispatcher.dispatch(make.act(MACHINE), {"SessionOpened": notice})

    assert (batch.told, batch.failed) == (4, 1)
    assert [row[0] for row in _deliveries(make.session)] == [one.person_id for one in good]
    on_ladders = select(Escalation.about_id).order_by(Escalation.about_id)
    assert make.session.scalars(on_ladders).all() == [one.id for one in good]


def test_of_one_matter_told_twice_in_a_batch_the_later_message_is_on_its_ladder(
    phones: Phones, make: Make
) -> None:
    opened = phones.rings()
    phones.act(opened).record(SessionOpened(opened.id))
    make.session.flush()
    notice = replace(NOTICES["SessionOpened"], urgency=Urgency.URGENT)

    dispatcher.dispatch(make.act(MACHINE), {"SessionOpened": notice})

    states = select(Escalation.state).order_by(Escalation.entry_id)
    assert make.session.scalars(states).all() == [EscalationState.SETTLED, EscalationState.WAITING]
