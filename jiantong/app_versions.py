"""Versions of the app from the console: `jiantong app-versions …` is the way back in.

Whoever stops every version of the app stops their own as well, and nobody can sign in on a phone to
undo it. Whoever may run these commands holds the installation's keys; every change is journalled.
"""

# ruff: noqa: PLC0415

import click

from jiantong.registers import at_the_console
from services.devices import Platform
from services.kernel.settings import Settings

PLATFORMS = click.Choice([platform.value for platform in Platform])


@click.group("app-versions")
def app_versions() -> None:
    """Which versions of the app may talk to this installation."""


@app_versions.command("list")
@click.pass_obj
def list_versions(settings: Settings) -> None:
    """Print the least version of each platform and the versions that are stopped."""
    from services import app_versions as register

    with at_the_console(settings) as act:
        now = register.standing(act.session)
        for platform, least in now.least.items():
            click.echo(f"{platform}: at least {least.number or 'any'}")
        for one in now.stopped:
            click.echo(f"{one.id}: {one.platform} {one.number} stopped {one.stopped_at:%Y-%m-%d}")


@app_versions.command()
@click.argument("stop", type=int)
@click.pass_obj
def resume(settings: Settings, stop: int) -> None:
    """Let a stopped version be used again, by the number that `list` prints."""
    from services import app_versions as register

    with at_the_console(settings) as act:
        one = register.find(act, stop)
        register.resume(act, register.Installation.of(act.session), one)
        click.echo(f"{one.platform} {one.number} may be used again")


@app_versions.command()
@click.argument("platform", type=PLATFORMS)
@click.pass_obj
def allow(settings: Settings, platform: str) -> None:
    """Let any version of a platform be used that is not stopped by name."""
    from services import app_versions as register

    with at_the_console(settings) as act:
        least = register.least_of(act.session, Platform(platform))
        register.set_least(act, register.Installation.of(act.session), least, number=None)
        click.echo(f"{platform}: any version may be used")
