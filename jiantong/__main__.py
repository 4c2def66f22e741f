"""The command line: `jiantong --help`."""

import signal
import sys
from importlib import import_module

import click
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from jiantong import database, supervisor
from jiantong.postgres import CannotStart, follow_parent
from services.kernel.settings import Misconfigured, Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def jiantong(context: click.Context) -> None:
    """检通: a procuratorate's workflow, its phones, its demo world.

    Settings come from the environment; see services/kernel/settings.py.
    """
    context.obj = Settings.from_environment()


@jiantong.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the parent is gone.")
@click.pass_obj
def run(settings: Settings, *, with_parent: bool) -> None:
    """Start everything in the foreground: database, demo world, API and worker."""
    if with_parent:
        follow_parent(signal.SIGTERM)
    supervisor.run(settings)


@jiantong.command()
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=2, show_default=True, help="Threads in each process.")
@click.pass_obj
def serve(settings: Settings, workers: int, threads: int) -> None:
    """Serve the API and the phone app."""
    from granian import Granian  # noqa: PLC0415  # no other command needs a server
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        "api.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


@jiantong.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Do the background work: tell what happened, send pushes."""
    import_module("notifications.jobs").run_worker(settings)


@jiantong.command()
@click.option("--write", metavar="WHY", help="Write a new migration from the models instead.")
@click.pass_obj
def migrate(settings: Settings, write: str | None) -> None:
    """Raise the database's schema to the newest version (as the owner's role)."""
    if write is not None:
        database.revise(write)
        return
    if not settings.owner_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)
    supervisor.raise_house(settings)


@jiantong.group()
def demo() -> None:
    """The demo world: a fictional city with people, cases and a day's work."""


@demo.command()
@click.pass_obj
def reset(settings: Settings) -> None:
    """Throw the demo world away and make a fresh one around today."""
    import_module("jiantong.demo").reset(settings)


@demo.command()
@click.option("--address", help="Where the API is.", metavar="URL")
@click.pass_obj
def journey(settings: Settings, address: str | None) -> None:
    """Play a case from request to receipt over HTTP and print what each person saw."""
    import_module("jiantong.demo").journey(address or supervisor.address(settings))


@jiantong.command("openapi")
@click.option("--check", is_flag=True, help="Only say whether openapi.yaml is stale.")
def openapi_(*, check: bool) -> None:
    """Write the contract, openapi/openapi.yaml, from the code."""
    import_module("openapi.__main__").main(["--check"] if check else [])


@jiantong.group()
def users() -> None:
    """The accounts and the posts they hold."""


@users.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """Print every account: who may sign in, and the posts held."""
    from services.people import Person  # noqa: PLC0415  # most commands need no register

    engine = create_engine(settings.app_url)
    with Session(engine) as session:
        for person in session.scalars(select(Person).order_by(Person.username)):
            posts = ", ".join(f"{post.kind}@{post.office_id}" for post in person.posts) or "no post"
            state = "disabled" if person.disabled_at else "active"
            click.echo(f"{person.username:<20} {state:<9} {person.name}  {posts}")
    engine.dispose()


def main() -> None:
    """Run a command; what cannot be done is said in one sentence, with an exit code."""
    try:
        jiantong(prog_name="jiantong")
    except (CannotStart, Misconfigured) as error:
        sys.stdout.flush()
        click.echo(f"jiantong: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
