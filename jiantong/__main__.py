"""The command line: `jiantong --help`.

Each command imports what it needs, so that none waits for another's libraries.
"""

# ruff: noqa: PLC0415

import signal
import sys
from dataclasses import replace
from importlib import import_module

import click

from services.kernel.settings import Misconfigured, Settings

ELSEWHERE = {
    "app-versions": "jiantong.app_versions",
    "backup": "jiantong.backup",
    "deadlines": "jiantong.deadlines",
    "draw": "jiantong.draws",
    "journal": "jiantong.journal",
    "keys": "jiantong.keys",
    "notifications": "jiantong.notifications",
    "offices": "jiantong.registers",
    "restore": "jiantong.backup",
    "users": "jiantong.registers",
}
"""Commands that stand in modules of their own, which are imported when they are asked for."""

WITHOUT_SETTINGS = frozenset({"deadlines"})
"""Commands that answer wherever they are asked, whatever the environment says."""


class Commands(click.Group):
    """The commands of this module, and those that stand elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """All of them, by name."""
        return sorted({*self.commands, *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)  # noqa: S101  # as the table above says
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def jiantong(context: click.Context) -> None:
    """检通: a procuratorate's workflow, its phones, its demo world.

    Settings come from the environment; see services/kernel/settings.py.
    """
    if context.invoked_subcommand not in WITHOUT_SETTINGS:
        context.obj = Settings.from_environment()


@jiantong.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the parent is gone.")
@click.pass_obj
def run(settings: Settings, *, with_parent: bool) -> None:
    """Start everything in the foreground: database, demo world, API and worker."""
    from jiantong.postgres import follow_parent

    if with_parent:
        follow_parent(signal.SIGTERM)
    from jiantong import supervisor

    supervisor.run(settings)


@jiantong.command()
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", type=int, help="Requests at once in each process.  [default: THREADS]")
@click.pass_obj
def serve(settings: Settings, workers: int, threads: int | None) -> None:
    """Serve the API and the phone app.

    A phone that listens holds a thread for as long as it does, so each process has as many more
    threads as phones may listen; they are made when they are needed. No more requests are at work
    at once for that (api/wsgi.py).
    """
    _refuse_without_database(settings)
    settings = replace(settings, owner_url="", threads=threads or settings.threads)
    settings.hand_down()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "api.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=settings.threads + settings.streams,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


@jiantong.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Do the background work: tell what happened, send pushes."""
    _refuse_without_database(settings)
    from notifications import jobs

    jobs.run_worker(settings)


@jiantong.command()
@click.option("--write", metavar="WHY", help="Write a new migration from the models instead.")
@click.pass_obj
def migrate(settings: Settings, write: str | None) -> None:
    """Raise the schema to its newest version, as the owner's role; fill the register of charges."""
    from jiantong import database, supervisor
    from services.kernel.ciphers import KeyRing

    if write is not None:
        database.revise(write)
        return
    _refuse_without_database(settings)
    settings = database.prepare(settings)
    ring = KeyRing.kept_in(settings.secrets, settings.crypto)
    database.migrate(settings.owner_url, settings.app_url, ring)
    supervisor.furnish(settings)


@jiantong.group("demo")
def demo_() -> None:
    """The demo world: a fictional city with people, cases and a day's work."""


@demo_.command()
@click.pass_obj
def reset(settings: Settings) -> None:
    """Throw the demo world away and make a fresh one around today."""
    from jiantong import demo

    demo.reset(settings)


@demo_.command()
@click.option("--days", type=float, help="How far ahead of the machine's clock, or behind it.")
@click.pass_obj
def clock(settings: Settings, days: float | None) -> None:
    """Set the legal clock of the demo world; without --days it tells the right time again."""
    from jiantong import demo

    click.echo(demo.set_clock(settings, days or 0.0).isoformat(timespec="minutes"))


@demo_.command()
@click.option("--address", help="Where the API is.", metavar="URL")
@click.pass_obj
def journey(settings: Settings, address: str | None) -> None:
    """Play a case from request to receipt over HTTP and print what each person saw."""
    from jiantong import demo, supervisor

    demo.journey(address or supervisor.address(settings))


@jiantong.command("openapi")
@click.option("--check", is_flag=True, help="Only say whether openapi.yaml is stale.")
def openapi_(*, check: bool) -> None:
    """Write the contract, openapi/openapi.yaml, from the code."""
    raise SystemExit(import_module("openapi.__main__").main(["--check"] if check else []))


def _refuse_without_database(settings: Settings) -> None:
    from jiantong.postgres import CannotStart

    if not settings.app_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)


def main() -> None:
    """Run a command; what cannot be done is said in one sentence, with an exit code."""
    try:
        jiantong(prog_name="jiantong")
    except Exception as error:
        from jiantong.postgres import CannotStart  # pulls in a driver, which most do not need

        if not isinstance(error, CannotStart | Misconfigured):
            raise
        sys.stdout.flush()
        click.echo(f"jiantong: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
