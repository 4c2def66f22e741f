"""Whoever searches finds what they may see of what answers to the words, and nothing else."""

import base64
import itertools
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, select, text

from jiantong.postgres import Cluster
from services import assignments, cases, searches
from services.arrest_requests.records import Suspect, SuspectCharge
from services.arrest_requests.terms import DocumentKind
from services.cases import Case, Identity
from services.kernel.act import Act, Actor
from services.kernel.trigrams import holds
from services.policy import PostKind
from services.searches import SearchTooShort
from tests.make import Make, Town
from tests.phones import Phones

NUMBER = "99010119900307002X"


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


def found(act: Act, words: str) -> set[int]:
    return set(act.session.scalars(searches.found(act, words).with_only_columns(Case.id)))


@pytest.fixture
def known(make: Make, town: Town) -> Case:
    """A case whose suspect has everything by which one can be found."""
    suspect = make.suspect(
        name="欧阳测试甲",
        alias="Laohei_阿黑",
        document_kind=DocumentKind.RESIDENT_ID,
        document_number=NUMBER,
    )
    suspect.suspect_charges = [
        SuspectCharge(charge=make.charge(name="测试夜盗罪（未遂）"), ordinal=1)
    ]
    make.case(town, make.suspect(name="旁人乙"))
    return make.case(town, suspect)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("欧阳测试甲", True),
        ("欧阳", True),
        ("试甲", True),
        ("阳测试", True),
        ("  欧阳 ", True),
        ("欧测", False),
        ("甲欧", False),
        ("阿黑", True),
        ("laohei_", True),
        ("LAOHEI", True),
        ("Laohei%", False),
        ("______", False),
        ("%%", False),
        ("\\\\", False),
        (NUMBER, True),
        (NUMBER.lower(), True),
        (NUMBER[:-1], False),
        (NUMBER[:6], False),
        ("夜盗", True),
        ("罪（未", True),
        ("夜盗_", False),
        ("x' OR '1'='1", False),
    ],
)
def test_by_a_piece_of_a_name_or_a_charge_or_a_whole_number(
    make: Make, town: Town, known: Case, words: str, *, is_found: bool
) -> None:
    assert found(make.act(town.manager), words) == ({known.id} if is_found else set())


def test_by_the_number_of_the_case_or_a_piece_of_it(make: Make, town: Town, known: Case) -> None:
    act = make.act(town.manager)
    assert found(act, known.number) == {known.id}
    assert known.id in found(act, known.number[2:9])


@pytest.mark.parametrize("words", ["", " ", "赵", "   赵  "])
def test_one_character_is_too_little(make: Make, town: Town, words: str) -> None:
    with pytest.raises(SearchTooShort):
        searches.found(make.act(town.manager), words)


def test_by_what_somebody_was_known_as_before(make: Make, town: Town, known: Case) -> None:
    act = make.act(town.manager)
    new = Identity("查明丁", document_kind=DocumentKind.OTHER, document_number="E-12345")
    cases.identify(act, known.suspects[0], new, basis="户籍证明。")

    for words in ("欧阳", "阿黑", NUMBER, "查明丁", "e-12345"):
        assert found(act, words) == {known.id}, words


def test_by_the_charge_for_which_somebody_was_transferred(make: Make, town: Town) -> None:
    charge = make.charge(name="测试诈领罪")
    prosecution = make.prosecution(town)
    case = prosecution.case
    assert case.transfer
    case.transfer.named[0].charge_ids = [charge.id]
    make.session.flush()

    assert found(make.act(town.manager), "诈领") == {case.id}


def test_a_search_finds_what_is_visible_and_nothing_else(make: Make) -> None:
    towns = [make.town(), make.town()]
    for town in towns:
        for name in ("赵测甲", "钱测乙"):
            case = make.case(town, make.suspect(name=name, document_number=NUMBER))
            assignments.designate(
                make.act(town.manager),
                case,
                handler_id=town.prosecutor.id,
                reason="测试指定。",
                approver_id=town.chief.id,
            )
        make.case(town, make.suspect(name="赵测丙"))
    offices = [office for town in towns for office in (town.procuratorate, town.police)]
    actors = [
        Actor(person, frozenset({(post.value, office.id)}))
        for person in (0, towns[0].prosecutor.id)
        for post, office in itertools.product(PostKind, offices)
    ]
    some = 0
    for actor in actors:
        act = make.act(actor)
        seen = make.session.scalars(cases.visible(act)).unique().all()
        for words, names in (("赵测", ("赵测甲", "赵测丙")), (NUMBER, ("赵测甲", "钱测乙"))):
            lawful = {case.id for case in seen if case.suspects[0].name in names}
            assert found(act, words) == lawful, (actor, words)
            some += len(lawful)
    assert some


# --- by an index ------------------------------------------------------------------------------


@pytest.fixture
def crowded(make: Make) -> Make:
    """Some thousand suspects of three characters each."""
    make.session.execute(
        text(
            "INSERT INTO suspects (ordinal, received_at, name, name_self_reported, document_kind,"
            " sex, flags, measure, detention_extended_to) SELECT 1, now(),"
            " chr(19968 + n % 97) || chr(20968 + n % 89) || chr(21968 + n % 83), false, 'none',"
            " 'male', '[]', 'none', 'none' FROM generate_series(1, 6000) AS n"
        )
    )
    make.session.add(make.suspect(name="欧阳测试甲"))
    make.session.flush()
    return make


@pytest.mark.parametrize("words", ["测试", "欧阳测", "阳测试甲"])
def test_two_characters_of_a_name_are_found_by_the_index(crowded: Make, words: str) -> None:
    asked = select(Suspect.id).where(holds(Suspect.name, words))
    connection = crowded.session.connection()
    written = asked.compile(connection)
    told = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {written}", written.params)
    plan = "\n".join(told.scalars())

    assert re.search(r"Bitmap Index Scan on suspects_by_name .*actual rows=\d{1,2}\b", plan), plan
    assert len(crowded.session.scalars(asked).all()) == 1


def _trigrams(engine: Engine) -> int:
    asked = "SELECT cardinality(show_trgm('赵赵某某'))"
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
        return int(connection.scalar(text(asked)) or 0)


@pytest.fixture
def under_c(cluster: Cluster) -> Iterator[Engine]:
    """A database to which a Chinese character is no letter."""
    here = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
    with here.connect() as connection:
        connection.execute(
            text("CREATE DATABASE under_c TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
        )
        engine = create_engine(make_url(cluster.administrator_url).set(database="under_c"))
        yield engine
        engine.dispose()
        connection.execute(text("DROP DATABASE under_c"))
    here.dispose()


def test_the_index_knows_chinese_under_our_locale_and_not_under_c(
    cluster: Cluster, under_c: Engine
) -> None:
    ours = create_engine(cluster.owner_url)
    assert _trigrams(ours) == 5
    assert _trigrams(under_c) == 0
    ours.dispose()


# --- over HTTP --------------------------------------------------------------------------------


def test_what_is_looked_for_is_in_no_address_and_pages_go_on(
    phones: Phones, make: Make, town: Town
) -> None:
    made = [make.case(town, make.suspect(name=f"赵测{n}")).id for n in "甲乙丙"]
    manager = phones.of(town.manager)
    told: list[int] = []
    address = "/searches?limit=2"
    while address:
        page = manager.client.post(
            f"/api/v1{address}", json={"words": "赵测"}, headers=manager.headers
        ).get_json()
        told += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        address = f"/searches?limit=2&cursor={cursor}" if cursor else ""
        if cursor:
            assert "赵" not in base64.b64decode(cursor + "==", altchars=b"-_").decode()

    assert told == made[::-1]
    assert manager.get("/searches?words=x").status_code == 405


def test_a_stranger_finds_nothing_and_one_character_is_refused(
    phones: Phones, make: Make, town: Town
) -> None:
    make.case(town, make.suspect(name="赵测甲"))
    stranger = phones.of(make.town().manager)

    answer = stranger.send("POST", "/searches", {"words": "赵测甲"})
    refused = stranger.send("POST", "/searches", {"words": "赵"})

    assert (answer.status_code, answer.get_json()) == (200, {"items": [], "next_cursor": None})
    assert (refused.status_code, refused.get_json()["type"].rpartition("/")[2]) == (
        422,
        "search-too-short",
    )
    assert refused.get_json()["least"] == 2
    assert stranger.send("POST", "/searches", {"words": "a\x00b"}).status_code == 422


def test_a_longer_answer_asks_the_database_no_more_often(
    phones: Phones, make: Make, town: Town
) -> None:
    manager = phones.of(town.manager)
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        asked.append(statement)

    bind = make.session.connection()
    costs = []
    for _ in range(2):
        for _ in range(2):
            make.case(town, make.suspect(name="赵测甲"), make.suspect(name="赵测乙"))
        make.session.expire_all()
        asked.clear()
        event.listen(bind, "before_cursor_execute", note)
        page = manager.send("POST", "/searches", {"words": "赵测"}).get_json()
        event.remove(bind, "before_cursor_execute", note)
        costs.append((len(page["items"]), len(asked)))
    assert [count for count, _ in costs] == [2, 4]
    assert costs[0][1] == costs[1][1]
