"""The keys of the installation from the console: `jiantong keys …`."""

# ruff: noqa: PLC0415

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from services.kernel.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Engine


@click.group()
def keys() -> None:
    """The keys this installation signs and seals with."""


@keys.command("rotate-tokens")
@click.option("--at-once", is_flag=True, help="An old key is no longer safe: it verifies nothing.")
@click.pass_obj
def rotate_tokens(settings: Settings, *, at_once: bool) -> None:
    """Sign access tokens with a new key; the old ones verify until their last token has run out.

    No process needs a restart. With --at-once every phone renews its access token now.
    """
    from api.identity import TokenRing

    ring = TokenRing.kept_in(settings.secrets, settings.access_token_for)
    click.echo((ring.revoke() if at_once else ring.rotate()).kid)


@keys.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """The keys that open what is sealed, the oldest first, and how many values each has sealed."""
    from services.kernel.ciphers import KeyRing
    from services.kernel.rewrapping import seals_by_key

    with _owning(settings) as engine, engine.connect() as connection:
        sealed = seals_by_key(connection)
    names = KeyRing.kept_in(settings.secrets, settings.crypto).field_keys
    for name in names:
        said = f"opens {sealed[name]}" if sealed[name] else "opens nothing any more"
        click.echo(f"{name} {'seals now, ' if name == names[-1] else ''}{said}")
    for name in sorted(set(sealed) - set(names)):
        click.echo(f"{name} IS MISSING, and had to open {sealed[name]}")


@keys.command("rotate-fields")
@click.pass_obj
def rotate_fields(settings: Settings) -> None:
    """Seal with a new key from now on; the old ones still open. Processes notice by themselves."""
    from services.kernel.ciphers import KeyRing

    click.echo(KeyRing.kept_in(settings.secrets, settings.crypto).rotate_fields())


@keys.command("rewrap")
@click.pass_obj
def rewrap_(settings: Settings) -> None:
    """Seal everything anew with the newest key and the algorithms of CRYPTO; the house goes on.

    A run that was broken off goes on where it ended. Then `jiantong keys list` says which old keys
    open nothing any more: their files may go, once no backup needs them.
    """
    from services.kernel.rewrapping import rewrap

    with _owning(settings) as engine:
        for one in rewrap(engine):
            click.echo(f"{one.column}: {one.sealed_anew} of {one.looked_at}")


@keys.command("rotate-blind")
@click.pass_obj
def rotate_blind(settings: Settings) -> None:
    """Code every blind index anew under a new key, in one transaction; best while few people work.

    Until it ends nobody writes a document's number, and nothing is found by one.
    """
    from services.kernel.rewrapping import reindex

    with _owning(settings) as engine, engine.begin() as connection:
        click.echo(reindex(connection))


@contextmanager
def _owning(settings: Settings) -> "Generator[Engine]":
    """The owner's way into the database; what cannot be opened is told in one sentence."""
    from jiantong.database import models
    from services.kernel.ciphers import CannotOpenError
    from services.kernel.engines import open_engine

    models()
    engine = open_engine(settings, settings.owner_url)
    try:
        yield engine
    except CannotOpenError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
