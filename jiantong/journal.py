"""The journal from the console: `jiantong journal …` signs what it holds, and proves it."""

# ruff: noqa: PLC0415

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jiantong.postgres import CannotStart
from services.kernel.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from services.checkpoints import Seen


@click.group()
def journal() -> None:
    """The journal: sign what it holds, and find what was changed."""


@journal.command()
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; else it is told.")
@click.pass_obj
def checkpoint(settings: Settings, *, out: Path | None) -> None:
    """Sign what all chains end at now, and write it to a file to keep elsewhere.

    Where nothing has changed since the last one, that one is written.
    """
    from sqlalchemy.orm import sessionmaker

    from services import checkpoints
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.kernel.sealed import ring_of
    from services.policy import CONSOLE

    with _opened(settings) as engine:
        sessions = sessionmaker(engine, expire_on_commit=False)
        with acting(sessions, CONSOLE, legal_now) as act:
            made = checkpoints.make(act, ring_of(engine.dialect)) or checkpoints.latest(act.session)
            if made is None:
                click.echo("The journal is empty: there is nothing to sign.")
                return
            written = checkpoints.file(act.session, made)
    if out is None:
        click.echo(written, nl=False)
        return
    out.write_text(written, encoding="utf-8", newline="\n")
    click.echo(
        f"checkpoint {made.id}: {made.chains} chains, {made.entries} entries, key {made.key_id}"
    )


@journal.command()
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere: what is missing or different since is told too.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FINGERPRINT",
    help="Trust this signing key instead of those in this installation's folder of secrets.",
)
@click.pass_obj
def verify(settings: Settings, *, kept: Path | None, keys: tuple[str, ...]) -> None:
    """Walk the whole journal; one line for each thing that is wrong, and exit code 1.

    The keys in this installation's folder are trusted unless --key is given. Whoever may have
    changed that folder too is found by giving the fingerprint that was written down elsewhere.
    """
    from services import checkpoints
    from services.kernel.sealed import ring_of

    seen = _read(kept) if kept else None
    wrong = 0
    with _opened(settings) as engine:
        trusted = set(keys) or ring_of(engine.dialect).signing_keys()
        moment = engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with moment as connection:
            for finding in checkpoints.verify(connection, trusted, seen):
                click.echo(str(finding))
                wrong += 1
    if wrong:
        click.echo(f"{wrong} findings: this journal is not what was written.", err=True)
        raise SystemExit(1)
    click.echo("Every chain holds: nothing was changed, removed or moved.")


def _read(kept: Path) -> "Seen":
    from services.checkpoints import BadFile, Seen

    try:
        return Seen.read(kept.read_text(encoding="utf-8"))
    except (BadFile, UnicodeDecodeError) as error:
        message = f"{kept} is no whole checkpoint: it was cut off, or is something else."
        raise click.ClickException(message) from error


@contextmanager
def _opened(settings: Settings) -> Generator["Engine"]:
    """The database as the application's role, with the keys of this installation."""
    from sqlalchemy.exc import OperationalError

    from jiantong.database import unreachable
    from services.kernel.engines import open_engine

    if not settings.app_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)
    engine = open_engine(settings)
    try:
        yield engine
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
