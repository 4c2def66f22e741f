"""The registers from the console: `jiantong users …`, `jiantong offices …`.

Whoever may run these commands holds the installation's keys. Every change goes through the
operations of `services`, under the permissions of the console, and into the journal.
"""

# ruff: noqa: PLC0415

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from jiantong.postgres import CannotStart
from services.kernel.settings import Settings
from services.offices import Level, OfficeKind
from services.people import Sex
from services.policy import PostKind

if TYPE_CHECKING:
    from services.kernel.act import Act
    from services.people import Person

KINDS, LEVELS, POSTS, SEXES = (
    click.Choice([member.value for member in words]) for words in (OfficeKind, Level, PostKind, Sex)
)


PURPOSES = click.Choice(["enrol", "first_password", "forgotten_password"])
"""As `services.enrolments.CodePurpose` has them."""


@click.group()
def users() -> None:
    """The accounts and the posts they hold."""


@users.command("list")
@click.pass_obj
def list_users(settings: Settings) -> None:
    """Print every account: who may sign in, and the posts held."""
    from sqlalchemy import select
    from sqlalchemy.orm import selectinload

    from services.people import Person

    with at_the_console(settings) as act:
        everyone = select(Person).order_by(Person.username).options(selectinload(Person.posts))
        for person in act.session.scalars(everyone):
            posts = ", ".join(f"{post.kind}@{post.office_id}" for post in person.posts)
            state = "disabled" if person.disabled_at else "active"
            click.echo(f"{person.username:<20} {state:<9} {person.name}  {posts or 'no post'}")


@users.command("add")
@click.argument("username")
@click.option("--name", required=True, help="As people call them.")
@click.option("--sex", type=SEXES, help="As the identity document states it (RULES 465).")
@click.option("--post", type=POSTS, help="A post to hold from today.")
@click.option("--office", type=int, help="The office of that post; see `jiantong offices list`.")
@click.password_option(help="Asked for when left out.")
@click.pass_obj
def add_user(  # noqa: PLR0913  # as many as the command has options
    settings: Settings,
    *,
    username: str,
    name: str,
    sex: str | None,
    post: str | None,
    office: int | None,
    password: str,
) -> None:
    """Give somebody an account, and a post."""
    from services import offices, people

    if (post is None) != (office is None):
        message = "A post is held in an office: give --post and --office together."
        raise click.UsageError(message)
    with at_the_console(settings) as act:
        stated = people.Sex(sex) if sex else None
        person = people.enrol(act, people.NewPerson(username, name, password, stated))
        if post is not None and office is not None:
            found = offices.find(act, office)
            people.give_post(act, person, PostKind(post), office_id=found.id)


@users.command("post")
@click.argument("username")
@click.option("--post", type=POSTS, required=True)
@click.option("--office", type=int, required=True, help="See `jiantong offices list`.")
@click.pass_obj
def give_post(settings: Settings, *, username: str, post: str, office: int) -> None:
    """Let somebody hold one more post from today."""
    from services import offices, people

    with at_the_console(settings) as act:
        found = offices.find(act, office)
        people.give_post(act, _person(act, username), PostKind(post), office_id=found.id)


@users.command("sex")
@click.argument("username")
@click.argument("sex", type=SEXES)
@click.pass_obj
def state_sex(settings: Settings, *, username: str, sex: str) -> None:
    """Enter somebody's sex: a woman takes part where a girl is interrogated (RULES 465)."""
    from services import people

    with at_the_console(settings) as act:
        people.state_sex(act, _person(act, username), people.Sex(sex))


@users.command()
@click.argument("username")
@click.password_option(help="Asked for when left out.")
@click.pass_obj
def password(settings: Settings, *, username: str, password: str) -> None:
    """Give an account a new password, unlock it and end its sessions."""
    from services import people, sessions

    with at_the_console(settings) as act:
        person = _person(act, username)
        people.set_password(act, person, password)
        sessions.end_all(act, person)


@users.command()
@click.argument("username")
@click.option(
    "--purpose", type=PURPOSES, default="enrol", show_default=True, help="What it is for."
)
@click.option("--hours", type=click.IntRange(1, 72), default=24, show_default=True)
@click.pass_obj
def code(settings: Settings, *, username: str, purpose: str, hours: int) -> None:
    """Give out a one-time code for a phone, as for the first security officer; it is shown once."""
    from services import enrolments

    with at_the_console(settings) as act:
        issued = enrolments.issue_code(
            act,
            _person(act, username),
            purpose=enrolments.CodePurpose(purpose),
            lasting=timedelta(hours=hours),
        )
        click.echo(issued.plain)


@users.command()
@click.argument("username")
@click.pass_obj
def disable(settings: Settings, *, username: str) -> None:
    """Close an account: it carries no power from the next request on."""
    from services import people, sessions

    with at_the_console(settings) as act:
        person = _person(act, username)
        people.disable(act, person)
        sessions.end_all(act, person)


@click.group()
def offices() -> None:
    """The register of offices."""


@offices.command("list")
@click.pass_obj
def list_offices(settings: Settings) -> None:
    """Print every office with its number."""
    from services import offices as register

    with at_the_console(settings) as act:
        for office in act.session.scalars(register.of_kind(act)):
            click.echo(
                f"{office.id:>4}  {office.kind.value:<24} {office.level.value:<11} {office.name}"
            )


@offices.command("add")
@click.argument("name")
@click.option("--kind", type=KINDS, required=True)
@click.option("--level", type=LEVELS, required=True)
@click.option("--short-name", required=True, help="As in document numbers.")
@click.option("--procuratorate", type=int, help="The procuratorate it sends its cases to.")
@click.option("--superior", type=int, help="The organ of its kind one level above.")
@click.pass_obj
def add_office(  # noqa: PLR0913  # as many as the command has options
    settings: Settings,
    *,
    name: str,
    kind: str,
    level: str,
    short_name: str,
    procuratorate: int | None,
    superior: int | None,
) -> None:
    """Enter an office in the register; a procuratorate's lists of rotation open with it."""
    from services import assignments
    from services import offices as register

    with at_the_console(settings) as act:
        standing = register.Standing(
            register.named(act, procuratorate), register.named(act, superior)
        )
        given = register.NewOffice(OfficeKind(kind), name, short_name, Level(level), standing)
        office = register.enter(act, given)
        assignments.open_lists(act, office)
        click.echo(office.id)


@contextmanager
def at_the_console(settings: Settings) -> Generator["Act"]:
    """One act of the console; a refusal or an unreachable database is one sentence."""
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import sessionmaker

    from jiantong.database import unreachable
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.kernel.engines import open_engine
    from services.kernel.refusals import Refusal
    from services.policy import CONSOLE

    if not settings.app_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)
    engine = open_engine(settings)
    try:
        with acting(sessionmaker(engine, expire_on_commit=False), CONSOLE, legal_now) as act:
            yield act
    except OperationalError as error:
        raise unreachable(error) from error
    except Refusal as refusal:
        raise click.ClickException(refusal.title) from refusal
    finally:
        engine.dispose()


def _person(act: "Act", username: str) -> "Person":
    from services import people

    found = people.by_username(act.session, username)
    if found is None:
        message = f"There is no account {username}."
        raise click.ClickException(message)
    return found
