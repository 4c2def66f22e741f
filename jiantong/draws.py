"""Draws from the console: `jiantong draw verify …`.

What is recomputed is what anybody can recompute who has the published record and the verifier:
`services/assignments/verifier.py` for who handles a case, `services/draws/verifier.py` for
people's supervisors. At the console the anchors are compared with the journal as well.
"""

# ruff: noqa: PLC0415

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiantong.postgres import CannotStart
from services.kernel.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.group("draw")
def draw() -> None:
    """The draws of prosecutors and of people's supervisors."""


@draw.command("verify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--assignment", type=int, multiple=True, help="An assignment in the database.")
@click.option("--draw", "supervisors", type=int, multiple=True, help="A draw of supervisors in it.")
@click.option("--all", "everything", is_flag=True, help="Every draw in the database.")
@click.pass_context
def verify(
    context: click.Context,
    *,
    files: tuple[Path, ...],
    assignment: tuple[int, ...],
    supervisors: tuple[int, ...],
    everything: bool,
) -> None:
    """Run draws again from their published records; ends with 1 if anything differs.

    FILES are records as the API gives them out. Without a database only they are checked, each
    for itself and those of one list against each other.
    """
    if not (files or assignment or supervisors or everything):
        message = "Name files, --assignment, --draw or --all."
        raise click.UsageError(message)
    found: dict[str, Mapping[str, Any]] = {}
    wrong: list[str] = []
    for path in files:
        try:
            found[str(path)] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            wrong.append(f"{path}: form: {error}")
    if assignment or supervisors or everything:
        with _reading(context.obj or Settings.from_environment()) as session:
            found |= records(session, assignment, supervisors, everything=everything)
    wrong += differences(found, whole=everything)
    for line in wrong:
        click.echo(line)
    drawn = sum(_is_drawn(record) for record in found.values())
    click.echo(f"{len(found)} records, {drawn} draws run again, {len(wrong)} differences")
    context.exit(1 if wrong else 0)


def differences(told: Mapping[str, Mapping[str, Any]], *, whole: bool) -> list[str]:
    """What does not fit in these records and between them, each line with the record's name.

    `whole` says that these are all draws there are, so that none may be missing.
    """
    from services.assignments import verifier as cases
    from services.draws import verifier as supervisors

    found: list[str] = []
    fitting: list[Mapping[str, Any]] = []
    for name, record in told.items():
        if not isinstance(record, dict):
            found.append(f"{name}: form: this is not a published record")
        elif record.get("scheme") == supervisors.SCHEME:
            found += [f"{name}: {line}" for line in supervisors.problems(record)]
        elif lines := cases.problems(record):
            found += [f"{name}: {line}" for line in lines]
        else:
            fitting.append(record)
    for (list_id, anchor), chain in cases.by_chain(fitting).items():
        found += cases.breaks(chain)
        if whole and (gone := cases.missing(chain)):
            turns = ", ".join(map(str, gone))
            found.append(f"list {list_id}, anchor {anchor}: no record of turn {turns}")
    return found


def _is_drawn(record: Any) -> bool:
    return isinstance(record, dict) and record.get("kind", "random") == "random"


def records(
    session: "Session",
    chosen: Iterable[int] = (),
    supervisors: Iterable[int] = (),
    *,
    everything: bool,
) -> dict[str, Mapping[str, Any]]:
    """The records of these draws, made from the database as the API makes them."""
    from sqlalchemy import select

    from services import assignments, draws
    from services.assignments import Assignment
    from services.draws import Draw, DrawState

    of_cases = select(Assignment).order_by(Assignment.id)
    of_supervisors = select(Draw).order_by(Draw.id)
    if not everything:
        of_cases = of_cases.where(Assignment.id.in_(list(chosen)))
        of_supervisors = of_supervisors.where(Draw.id.in_(list(supervisors)))
    else:
        of_supervisors = of_supervisors.where(Draw.state == DrawState.HELD)
    found: dict[str, Mapping[str, Any]] = {}
    for one in session.scalars(of_cases):
        found[f"assignment {one.id}"] = assignments.publication(session, one)
    for drawn in session.scalars(of_supervisors):
        found[f"draw {drawn.id}"] = draws.publication(drawn)
    asked = {f"assignment {number}" for number in chosen} | {f"draw {one}" for one in supervisors}
    if missing := sorted(asked - found.keys()):
        message = f"There is no {missing[0]}."
        raise click.ClickException(message)
    return found


@contextmanager
def _reading(settings: Settings) -> Generator["Session"]:
    """The database, to read from."""
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import Session

    from jiantong.database import unreachable
    from services.kernel.engines import open_engine

    if not settings.app_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)
    engine = open_engine(settings)
    try:
        with Session(engine) as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            yield session
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
