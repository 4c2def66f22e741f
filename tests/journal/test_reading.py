"""An auditor reads what people of the audited offices did; nobody else reads the journal."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from services import checkpoints, journal
from services.journal import Deed
from services.kernel.act import Actor, JournalEntry
from services.kernel.chain import chain
from services.kernel.ciphers import KeyRing
from services.kernel.refusals import NotAllowed, NotFound
from services.monitoring import MonitoringOpened
from services.people import Person
from services.policy import MACHINE, Permission, PostKind, allows
from tests.make import Make, Town
from tests.phones import Phones


@pytest.fixture
def town(make: Make) -> Town:
    """A town whose procuratorate is led by another one here."""
    town = make.town()
    town.procuratorate.superior_id = make.office(level="municipal").id
    make.session.flush()
    return town


def recorded(make: Make, by: Person | Actor, about_id: int = 1) -> JournalEntry:
    make.act(by).record(MonitoringOpened(about_id, deadline_id=3, route="clerk"))
    make.session.flush()
    entry = make.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry is not None
    return entry


def told(reply: TestResponse) -> Any:
    assert reply.status_code == 200
    return reply.json


def test_the_list_is_the_clauses_of_the_law(make: Make, town: Town) -> None:
    leading = make.session.get_one(type(town.procuratorate), town.procuratorate.superior_id)
    gone = make.person()
    make.post(gone, PostKind.CLERK, town.procuratorate, until_on=date(2026, 3, 1))
    entries = [
        recorded(make, town.prosecutor),
        recorded(make, town.officer),
        recorded(make, gone),
        recorded(make, MACHINE),
        recorded(make, make.person(PostKind.CLERK, leading)),
    ]
    seen = {}
    for office in (town.procuratorate, town.police, leading):
        auditor = make.act(make.person(PostKind.AUDITOR, office))
        shown = set(make.session.scalars(journal.visible(auditor)))
        lawful = {
            one
            for one in entries
            if allows(auditor.actor, Permission.JOURNAL_READ, Deed.of(make.session, one))
        }
        assert shown & set(entries) == lawful
        seen[office.id] = lawful

    assert seen[town.procuratorate.id] == {entries[0]}
    assert seen[town.police.id] == {entries[1]}
    assert seen[leading.id] == set(entries)


def test_who_left_is_still_read_for_the_days_before(make: Make, town: Town) -> None:
    gone = make.person()
    make.post(gone, PostKind.CLERK, town.procuratorate, until_on=date(2026, 3, 2))
    entry = recorded(make, gone)
    make.now += timedelta(days=30)

    auditor = make.act(make.person(PostKind.AUDITOR, town.procuratorate))
    assert journal.find(auditor, entry.id) is entry


@pytest.mark.parametrize("post", ["chief", "prosecutor", "manager", "officer"])
def test_nobody_else_reads_it(make: Make, town: Town, post: str) -> None:
    entry = recorded(make, town.prosecutor)
    act = make.act(getattr(town, post))

    with pytest.raises(NotFound):
        journal.find(act, entry.id)
    assert make.session.scalars(checkpoints.visible(act)).all() == []


def test_only_the_house_and_its_console_make_a_checkpoint(
    make: Make, town: Town, ring: KeyRing
) -> None:
    with pytest.raises(NotAllowed):
        checkpoints.make(make.act(town.chief), ring)


def test_an_auditor_reads_the_journal_and_takes_a_checkpoint_away(
    make: Make, town: Town, ring: KeyRing, phones: Phones
) -> None:
    first = recorded(make, town.prosecutor)
    second = recorded(make, town.prosecutor, about_id=2)
    chain(make.session)
    made = checkpoints.make(make.act(MACHINE), ring)
    assert made is not None
    phone = phones.of(make.person(PostKind.AUDITOR, town.procuratorate))

    page = told(phone.get("/journal?limit=1"))
    assert [one["id"] for one in page["items"]] == [second.id]
    page = told(phone.get(f"/journal?limit=1&cursor={page['next_cursor']}"))
    assert [one["id"] for one in page["items"]] == [first.id]
    (entry,) = page["items"]
    assert (entry["subject"], entry["about_id"], entry["by_id"]) == (
        "monitoring",
        1,
        town.prosecutor.id,
    )
    assert entry["details"] == {"deadline_id": 3, "route": "clerk"}
    by = town.prosecutor.id
    some = phone.get(f"/journal?subject=monitoring&about_id=2&by_id={by}&kind=MonitoringOpened")
    assert [one["id"] for one in told(some)["items"]] == [second.id]
    assert told(phone.get("/journal?until=2026-03-02T00:00:00Z"))["items"] == []
    assert told(phone.get("/journal?since=2026-03-02T00:00:00Z&subject=cases"))["items"] == []

    (listed,) = told(phone.get("/journal-checkpoints"))["items"]
    assert (listed["id"], listed["root"]) == (made.id, made.root.hex())
    file = phone.get(f"/journal-checkpoints/{made.id}/file")
    assert checkpoints.Seen.read(file.text).holds
    stranger = phones.of(town.chief)
    assert stranger.get(f"/journal-checkpoints/{made.id}/file").status_code == 404
    assert told(stranger.get("/journal"))["items"] == []
