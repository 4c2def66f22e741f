"""Notifications from the console: `jiantong notifications …` looks, replays, pauses.

What it prints is channels, states, codes, times and numbers; never a word of a message or a name.
"""

# ruff: noqa: PLC0415

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from jiantong.postgres import CannotStart
from services.kernel.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from notifications.faults import DeliveryFault
    from notifications.health import ChannelHealth


@click.group()
def notifications() -> None:
    """How pushes go out: look, replay what failed, pause a channel."""


@notifications.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Say how the outbox, each channel and the dead letters stand."""
    from notifications import desk
    from services.kernel.clock import machine_now

    now = machine_now()
    with _opened(settings) as sessions, sessions() as session:
        outbox = desk.outbox(session)
        click.echo(f"outbox: {outbox.waiting} events, oldest {_age(outbox.oldest_at, now)}")
        pending, oldest = desk.pending(session), desk.oldest(session)
        known = {one.channel: one for one in desk.channels(session)}
        for channel in desk.PUSHED:
            if channel not in known and channel not in pending:
                continue
            line = _circuit(known[channel]) if channel in known else "never used"
            waiting = f"pending {pending.get(channel, 0)}"
            click.echo(f"{channel}: {line}, {waiting}, oldest {_age(oldest.get(channel), now)}")
        for told in desk.answered(session, now - desk.DAY):
            click.echo(f"  24 h {told.channel} {told.verdict} {told.code}: {told.pushes}")
        for heap in desk.heaped(session):
            counted = f"{heap.letters} letters on {heap.heaps} heaps"
            click.echo(f"dead letters: {heap.channel} {heap.code}, {counted}")


@notifications.command("faults")
@click.option("--all", "closed_too", is_flag=True, help="Also those that are closed.")
@click.pass_obj
def faults_(settings: Settings, *, closed_too: bool) -> None:
    """List the heaps of dead letters, the oldest first."""
    from sqlalchemy import select

    from notifications.faults import DeliveryFault, FaultState

    with _opened(settings) as sessions, sessions() as session:
        chosen = select(DeliveryFault).order_by(DeliveryFault.id)
        if not closed_too:
            chosen = chosen.where(DeliveryFault.state == FaultState.OPEN)
        for one in session.scalars(chosen):
            click.echo(_heap(one))


@notifications.command()
@click.argument("fault", type=int)
@click.pass_obj
def replay(settings: Settings, fault: int) -> None:
    """Let the letters of a heap go out again, as far as they still make sense."""
    from notifications import faults
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.policy import CONSOLE

    with _opened(settings) as sessions, _refusing(), acting(sessions, CONSOLE, legal_now) as act:
        click.echo(_heap(faults.replay(act, _found(act.session, fault))))


@notifications.command()
@click.argument("fault", type=int)
@click.option("--reason", required=True, help="Why they need not go out; it is kept.")
@click.pass_obj
def dismiss(settings: Settings, fault: int, reason: str) -> None:
    """Say why the letters of a heap need not go out."""
    from notifications import faults
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.policy import CONSOLE

    with _opened(settings) as sessions, _refusing(), acting(sessions, CONSOLE, legal_now) as act:
        click.echo(_heap(faults.dismiss(act, _found(act.session, fault), reason=reason)))


@notifications.command()
@click.argument("channel")
@click.option("--reason", required=True, help="Why nothing is to go out; it is kept.")
@click.pass_obj
def pause(settings: Settings, channel: str, reason: str) -> None:
    """Let nothing go out by a channel; urgent news goes another way meanwhile."""
    from notifications import health
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.policy import CONSOLE

    with _opened(settings) as sessions, _refusing(), acting(sessions, CONSOLE, legal_now) as act:
        paused = health.pause(act, _channel(act.session, channel), reason=reason)
        click.echo(f"{paused.channel}: {_circuit(paused)}")


@notifications.command()
@click.argument("channel")
@click.pass_obj
def resume(settings: Settings, channel: str) -> None:
    """Let a channel go on."""
    from notifications import health
    from services.kernel.act import acting
    from services.kernel.clock import legal_now
    from services.policy import CONSOLE

    with _opened(settings) as sessions, _refusing(), acting(sessions, CONSOLE, legal_now) as act:
        resumed = health.resume(act, _channel(act.session, channel))
        click.echo(f"{resumed.channel}: {_circuit(resumed)}")


@notifications.command()
@click.argument("item", type=click.UUID)
@click.pass_obj
def inspect(settings: Settings, item: UUID) -> None:
    """Follow one item, as its push names it: states, times and codes of every channel."""
    from sqlalchemy import select

    from notifications.deliveries import Delivery, DevicePush
    from services.kernel.act import JournalEntry

    with _opened(settings) as sessions, sessions() as session:
        rows = session.execute(
            select(Delivery, JournalEntry.kind, JournalEntry.recorded_at)
            .join(JournalEntry, JournalEntry.id == Delivery.entry_id)
            .where(Delivery.item == item)
            .order_by(Delivery.id)
        ).all()
        if not rows:
            message = f"There is no item {item}."
            raise click.ClickException(message)
        for delivery, kind, recorded_at in rows:
            told = (
                f"{delivery.channel} {delivery.state}: {kind}, {delivery.urgency},"
                f" template {delivery.template}, attempts {delivery.attempts}"
            )
            click.echo(told)
            moments = {
                "recorded": recorded_at,
                "dispatched": delivery.dispatched_at,
                "next": delivery.next_at,
                "sent": delivery.sent_at,
                "arrived": delivery.arrived_at,
                "read": delivery.read_at,
                "expires": delivery.expires_at,
            }
            for name, at in moments.items():
                if at is not None:
                    click.echo(f"  {name} {at.isoformat(timespec='seconds')}")
            for name, code in (("held", delivery.held), ("code", delivery.error)):
                if code is not None:
                    click.echo(f"  {name} {code}")
            if delivery.fault_id is not None:
                click.echo(f"  fault {delivery.fault_id}")
            pushes = select(DevicePush).where(DevicePush.delivery_id == delivery.id)
            for push in session.scalars(pushes.order_by(DevicePush.device_id)):
                answered = push.answered_at.isoformat(timespec="seconds")
                click.echo(f"  device {push.device_id}: {push.verdict} {push.code} {answered}")


def _age(since: datetime | None, now: datetime) -> str:
    return "none" if since is None else f"{max((now - since).total_seconds(), 0):.0f} s"


def _circuit(health: "ChannelHealth") -> str:
    paused = ", paused" if health.paused_at is not None else ""
    error = f" ({health.error})" if health.error else ""
    return f"{health.state}{error}{paused}"


def _heap(fault: "DeliveryFault") -> str:
    return (
        f"{fault.id} {fault.state} {fault.channel} {fault.code} office {fault.office_id}:"
        f" {fault.letters} letters, {fault.first_at.isoformat(timespec='seconds')}"
        f" to {fault.last_at.isoformat(timespec='seconds')}"
    )


def _found(session: "Session", fault_id: int) -> "DeliveryFault":
    from notifications.faults import DeliveryFault

    found = session.get(DeliveryFault, fault_id)
    if found is None:
        message = f"There is no heap {fault_id}."
        raise click.ClickException(message)
    return found


def _channel(session: "Session", name: str) -> "ChannelHealth":
    from notifications import desk

    known = {one.channel.value: one for one in desk.channels(session)}
    if name not in known:
        message = f"No channel {name} was ever used; there are: {', '.join(known) or 'none'}."
        raise click.ClickException(message)
    return known[name]


@contextmanager
def _refusing() -> Generator[None]:
    """Say a refusal in its own words."""
    from services.kernel.refusals import Refusal

    try:
        yield
    except Refusal as refusal:
        message = f"{refusal.title} {refusal.zh}"
        raise click.ClickException(message) from refusal


@contextmanager
def _opened(settings: Settings) -> Generator["sessionmaker[Session]"]:
    """The database as the application's role, with the keys of this installation."""
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import sessionmaker

    from jiantong.database import models, unreachable
    from services.kernel.engines import open_engine

    if not settings.app_url:
        message = "There is no database yet: start one with jiantong run, or give DATABASE_URL."
        raise CannotStart(message)
    models()
    engine = open_engine(settings)
    try:
        yield sessionmaker(engine, expire_on_commit=False)
    except OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
