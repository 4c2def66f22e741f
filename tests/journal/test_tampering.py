"""Whatever a hand does to the tables at random is found by a checkpoint that was taken away."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.journal.conftest import Archive

DEEDS = st.one_of(
    st.tuples(st.just("flip"), st.sampled_from(["hash", "previous"]), st.integers(0, 255)),
    st.tuples(st.just("say"), st.sampled_from(["by_id", "about_id"]), st.integers(1, 9)),
    st.tuples(st.just("word"), st.sampled_from(["kind"]), st.integers(1, 9)),
    st.tuples(st.just("delete"), st.sampled_from(["journal", "journal_links"]), st.just(0)),
    st.tuples(st.just("remove"), st.just("both"), st.just(0)),
    st.tuples(st.just("cut"), st.just("tail"), st.just(0)),
    st.tuples(st.just("move"), st.just("seq"), st.integers(20, 30)),
)
FLIP = (
    "UPDATE journal_links SET {0} = set_byte({0}, :at / 8, get_byte({0}, :at / 8) # (1 << :at % 8))"
    " WHERE entry_id = :victim AND {0} IS NOT NULL"
)
HEADS = (
    "INSERT INTO journal_heads SELECT DISTINCT ON (subject, about_id) subject, about_id, "
    "seq, hash, algorithm FROM journal_links ORDER BY subject, about_id, seq DESC"
)


def _do(archive: Archive, deed: tuple[str, str, int], victim: int) -> bool:
    """Do it; was anything there to be done?"""
    what, where, at = deed
    link = "DELETE FROM journal_links WHERE entry_id = :victim"
    entry = "DELETE FROM journal WHERE id = :victim"
    later = (
        "(SELECT link.entry_id FROM journal_links AS link JOIN journal_links AS one "
        "USING (subject, about_id) WHERE one.entry_id = :victim AND link.seq >= one.seq)"
    )
    statements = {
        "flip": [FLIP.format(where)],
        "say": [f"UPDATE journal SET {where} = {where} + :at WHERE id = :victim"],  # noqa: S608
        "word": ["UPDATE journal SET kind = kind || CAST(:at AS text) WHERE id = :victim"],
        "delete": [entry if where == "journal" else link],
        "remove": [link, entry],
        "cut": [
            f"DELETE FROM journal WHERE id IN {later}",  # noqa: S608
            f"DELETE FROM journal_links WHERE entry_id IN {later}",  # noqa: S608
            "DELETE FROM journal_heads",
            HEADS,
        ],
        "move": ["UPDATE journal_links SET seq = :at WHERE entry_id = :victim AND seq > 1"],
    }[what]
    values = {"victim": victim, "at": at}
    done = 0
    for statement in statements:
        if ":victim" not in statement:
            archive.connection.execute(text(statement))
            continue
        asked = {name: value for name, value in values.items() if f":{name}" in statement}
        done += max(archive.connection.execute(text(statement), asked).rowcount, 0)
    return done > 0


def _tamper_at_random(archive: Archive, data: st.DataObject) -> None:
    about = st.lists(st.integers(1, 4), min_size=1, max_size=4)
    acts = data.draw(st.lists(about, min_size=1, max_size=4))
    deed, which = data.draw(DEEDS), data.draw(st.integers(0, 15))
    whole = archive.connection.begin_nested()
    try:
        for act in acts:
            archive.record(*act)
        file = archive.taken_away()
        ids = list(archive.connection.scalars(text("SELECT id FROM journal ORDER BY id")))

        done = _do(archive, deed, ids[which % len(ids)])

        assert bool(archive.findings(file)) == done
    finally:
        whole.rollback()


FIXTURES = [HealthCheck.function_scoped_fixture]


@settings(max_examples=10, deadline=None, suppress_health_check=FIXTURES)
@given(data=st.data())
def test_every_tampering_is_found(archive: Archive, data: st.DataObject) -> None:
    _tamper_at_random(archive, data)


@pytest.mark.prove
@settings(max_examples=500, deadline=None, suppress_health_check=FIXTURES)
@given(data=st.data())
def test_every_one_of_many_tamperings_is_found(archive: Archive, data: st.DataObject) -> None:
    _tamper_at_random(archive, data)
