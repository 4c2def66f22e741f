"""The published record of a draw, and the one file that runs it again."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import assignments
from services.assignments import ShareGround, shares, verifier
from services.assignments.rotation import Candidate, draw
from services.assignments.shares import Roster
from services.kernel.refusals import NotAllowed, NotFound
from services.policy import CONSOLE, PostKind
from tests.make import Make, Town

Record = dict[str, Any]


def _published(make: Make, town: Town, size: int) -> list[Record]:
    """Draws in one town, in which shares change and somebody is away for a while."""
    assignments.open_lists(make.act(CONSOLE), town.procuratorate)
    others = [make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(3)]
    act = make.act(town.manager)
    found: list[Record] = []
    for turn in range(size):
        if turn in {2, 7}:
            shares.set_share(
                act,
                Roster(town.procuratorate.id),
                person_id=others[0].id,
                percent=30 if turn == 2 else 80,
                ground=ShareGround.DEPARTMENT,
                from_on=act.today,
            )
        if turn == 5:
            make.leave(others[1], act.today, act.today)
        assignment = assignments.assign(act, make.case(town))
        told = assignments.publication(make.session, assignment)
        found.append(json.loads(json.dumps(told)))
    return found


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def records(make: Make, town: Town) -> list[Record]:
    return _published(make, town, 12)


def test_every_draw_runs_again_and_follows_from_the_one_before(records: list[Record]) -> None:
    for record in records:
        assert verifier.problems(record) == []
    ((_, chain),) = verifier.by_chain(records).items()
    assert verifier.breaks(chain) == []
    assert verifier.missing(chain) == []
    assert {one["share"] for record in records for one in record["candidates"]} == {30, 80, 100}


def _other_handler(record: Record) -> None:
    record["handler"] = next(
        one["person"] for one in record["candidates"] if one["person"] != record["handler"]
    )


def _other_seed(record: Record) -> None:
    record["seed"] = "00" * 32


def _other_anchor(record: Record) -> None:
    record["anchor"] = "11" * 32


def _late(record: Record) -> None:
    record["received_at"] = "2020-01-01T00:00:00+00:00"


def _twice(record: Record) -> None:
    record["candidates"].append(dict(record["candidates"][0]))


def _nobody(record: Record) -> None:
    record["candidates"] = []


def _excluded_too(record: Record) -> None:
    record["exclusions"] = [{"person": record["candidates"][0]["person"], "reason": "on_leave"}]


def _no_share(record: Record) -> None:
    record["candidates"][0]["share"] = 0


def _old(record: Record) -> None:
    record["scheme"] = verifier.BEFORE_SHARES
    record["candidates"][0]["share"] = 50


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_other_handler, "handler"),
        (_other_seed, "before"),
        (_other_anchor, "anchor"),
        (_late, "committed_at"),
        (_twice, "candidates"),
        (_nobody, "candidates"),
        (_excluded_too, "candidates"),
        (_no_share, "candidates"),
        (_old, "candidates"),
        (lambda record: record.update(nonce=""), "nonce"),
        (lambda record: record.update(turn=0), "turn"),
        (lambda record: record.update(scheme="another"), "scheme"),
        (lambda record: record.pop("seed"), "form"),
        pytest.param(lambda record: record.update(candidates=7), "form", id="candidates-no-list"),
        (lambda record: record.update(seed="abcd"), "seed"),
    ],
)
def test_what_was_changed_is_named(
    records: list[Record], change: Callable[[Record], None], named: str
) -> None:
    change(records[3])

    assert named in {line.split(":")[0] for line in verifier.problems(records[3])}


def test_what_does_not_follow_is_named(records: list[Record]) -> None:
    spared = json.loads(json.dumps(records))
    spared[4]["candidates"][0]["drawn"] += 1
    twice = [*records, {**records[2], "assignment": 999}]
    torn = json.loads(json.dumps(records))
    torn[6]["before"] = "22" * 32

    assert "does not follow" in verifier.breaks(spared)[0]
    assert verifier.breaks(twice) == ["assignment 999: turn 3 was drawn twice"]
    assert "its seed does not follow" in verifier.breaks(torn)[0]
    assert verifier.missing(records[:4] + records[6:]) == [5, 6]


def test_a_designation_is_no_draw(make: Make, town: Town) -> None:
    assignment = assignments.designate(
        make.act(town.manager),
        make.case(town),
        handler_id=town.prosecutor.id,
        reason="理由",
        approver_id=town.chief.id,
    )
    record = assignments.publication(make.session, assignment)

    assert (record["kind"], record["seed"], record["anchor"]) == ("designated", None, None)
    assert verifier.problems(record) == []
    assert verifier.by_chain([record]) == {}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 100)), min_size=1, max_size=9),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=1),
)
def test_the_verifier_and_the_program_name_the_same_person(
    loads: list[tuple[int, int]], seed: bytes, nonce: bytes
) -> None:
    candidates = [Candidate(person, *load) for person, load in enumerate(loads)]
    told: list[Mapping[str, int]] = [
        {"person": one.person_id, "drawn": one.drawn, "share": one.share} for one in candidates
    ]

    assert verifier.chosen(told, seed, nonce) == draw(candidates, seed, nonce)


def test_the_one_file_runs_alone(records: list[Record], tmp_path: Path) -> None:
    alone = tmp_path / "verifier.py"
    alone.write_bytes(Path(verifier.__file__).read_bytes())
    files = []
    for record in records[:3]:
        files.append(tmp_path / f"{record['turn']}.json")
        files[-1].write_text(json.dumps(record))

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603  # our own file
            [sys.executable, "-I", alone, *files], capture_output=True, text=True, check=False
        )

    fine = run()
    assert (fine.returncode, fine.stdout.count(": OK, turn ")) == (0, 3)
    _other_handler(records[1])
    files[1].write_text(json.dumps(records[1]))
    bad = run()
    assert bad.returncode == 1
    assert "2.json: handler: by the draw it is" in bad.stdout


def test_the_command_line_says_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_text("[")

    assert verifier.main([]) == 2
    assert verifier.main([str(tmp_path / "bad.json"), str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().out.count("form: ") == 2


def test_whoever_reads_the_assignment_gets_its_record(make: Make, town: Town) -> None:
    case = make.case(town)
    assignment = assignments.assign(make.act(town.manager), case)
    stranger = make.person(PostKind.CASE_MANAGER, make.office())

    assert assignments.find(make.act(town.prosecutor), assignment.id) is assignment
    with pytest.raises(NotAllowed):
        assignments.find(make.act(town.officer), assignment.id)
    for nobody, number in ((stranger, assignment.id), (town.manager, assignment.id + 1000)):
        with pytest.raises(NotFound):
            assignments.find(make.act(nobody), number)
