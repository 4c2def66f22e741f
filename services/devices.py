"""Devices: the phones on which a signed-in person may be woken by a push.

A phone is known by the token its push service gave it. A token belongs to one person and one
sign-in session at a time: whoever signs in on that phone next takes it over, and a device of
an ended session or a disabled account is no longer one, whether or not anybody tidied up.
An app registers again whenever it starts; a device that nobody has seen for two months is freed.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Event, Record
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound
from services.kernel.sealed import SealedText
from services.people import Person
from services.policy import Permission, demands
from services.sessions import SignInSession

UNSEEN_FOR = timedelta(days=60)
"""A device of which nobody has heard for so long is stale, as push services themselves count."""
SEEN_AT_MOST = timedelta(days=1)
"""How often it is written down that a device was seen."""
PRUNED_AT_ONCE = 500


class Platform(StrEnum):
    """What kind of phone, or a browser."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class PushService(StrEnum):
    """Which service carries pushes to a device."""

    FCM = "fcm"
    WEB_PUSH = "web_push"
    HMS = "hms"
    STREAM = "stream"
    """No service of others: the app listens to this house itself, on a closed network."""


class FreeReason(StrEnum):
    """Why a device is no longer woken."""

    FORGOTTEN = "forgotten"
    REPLACED = "replaced"
    SIGNED_OUT = "signed_out"
    DEAD_TOKEN = "dead_token"  # noqa: S105  # a reason, not a password
    PHONE_ENDED = "phone_ended"
    """The phone is no longer enrolled."""
    UNSEEN = "unseen"
    """Its app has not been heard of for two months."""


class Device(Record):
    """One app on one phone, in one sign-in session; without a token once it is freed."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("token", name="devices_one_token"),
        CheckConstraint("(token IS NULL) = (freed_at IS NOT NULL)", name="devices_freed_or_live"),
        Index("devices_by_person", "person_id"),
        Index("devices_by_session", "session_id"),
        Index(
            "devices_by_last_seen",
            "last_seen_at",
            postgresql_where=literal_column("token IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    platform: Mapped[Platform]
    service: Mapped[PushService] = mapped_column(
        default=PushService.FCM, server_default=PushService.FCM.value
    )
    token: Mapped[str | None]
    keys: Mapped[str | None] = mapped_column(SealedText("devices.keys"))
    """What a push to it is encrypted with, where its service wants that (RFC 8291)."""
    app_version: Mapped[str | None]
    registered_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(default=machine_now, server_default=func.now())
    """By the machine's clock, and to the day."""
    freed_at: Mapped[datetime | None]
    free_reason: Mapped[FreeReason | None]


@dataclass(frozen=True, slots=True)
class DeviceRegistered(Event):
    """A phone may be woken from now on."""


@dataclass(frozen=True, slots=True)
class DeviceFreed(Event):
    """A phone is no longer woken."""

    reason: str


def live() -> Select[Device]:
    """Every device that may be woken: its session is open and its person's account enabled."""
    return (
        select(Device)
        .join(SignInSession, SignInSession.id == Device.session_id)
        .join(Person, Person.id == Device.person_id)
        .where(
            Device.token.is_not(None),
            SignInSession.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
    )


def visible(act: Act) -> Select[Device]:
    """The actor's own devices."""
    return live().where(Device.person_id == act.actor.id)


def find(act: Act, device_id: int) -> Device:
    """The device, if it is the actor's own; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(Device.id == device_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.DEVICE_REGISTER)
def register(  # noqa: PLR0913  # each by its name
    act: Act,
    session: SignInSession,
    *,
    platform: Platform,
    token: str,
    service: PushService = PushService.FCM,
    keys: str | None = None,
    app_version: str | None = None,
) -> Device:
    """Let this phone be woken for whoever is signed in on it now.

    A token that another person or session held moves here, so nobody's tasks ever wake a phone
    that has changed hands. Another token of the same session is freed: one session, one phone.

    Refuses:
        NotAllowed: somebody else's session.

    Records:
        DeviceRegistered, unless nothing changed; DeviceFreed for the token it replaces.
    """
    now = machine_now()
    wanted = {
        "person_id": session.person_id,
        "session_id": session.id,
        "platform": platform,
        "service": service,
    }
    known = act.session.scalar(select(Device).where(Device.token == token).filter_by(**wanted))
    if known is not None and known.keys == keys:
        known.app_version = app_version or known.app_version
        if known.last_seen_at < now - SEEN_AT_MOST:
            known.last_seen_at = now
        return known
    replaced = select(Device).where(
        Device.session_id == session.id, Device.token.is_not(None), Device.token != token
    )
    for device in act.session.scalars(replaced):
        _free(act, device, FreeReason.REPLACED)
    moved = wanted | {
        "keys": keys,
        "app_version": app_version,
        "registered_at": now,
        "last_seen_at": now,
    }
    device = act.session.scalars(
        insert(Device)
        .values(token=token, **moved)
        .on_conflict_do_update(constraint="devices_one_token", set_=moved)
        .returning(Device),
        execution_options={"populate_existing": True},
    ).one()
    act.record(DeviceRegistered(device.id))
    return device


def here(act: Act) -> Device | None:
    """The device of the actor's own session, if it may be woken."""
    return act.session.scalar(visible(act).where(Device.session_id == act.actor.session_id))


def stream_token(act: Act) -> str:
    """By which token this session's phone listens to this house: the one it has, or a new one."""
    device = here(act)
    known = device.token if device and device.service is PushService.STREAM else None
    return known or secrets.token_urlsafe(24)


def note_seen(act: Act) -> None:
    """Note that the actor's own phone is there: a part of what its app does anyway."""
    now = machine_now()
    act.session.execute(
        update(Device)
        .where(
            Device.session_id == act.actor.session_id,
            Device.token.is_not(None),
            Device.last_seen_at < now - SEEN_AT_MOST,
        )
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


@demands(Permission.DEVICE_FORGET)
def forget(act: Act, device: Device) -> None:
    """Wake this phone no more.

    Refuses:
        NotAllowed: somebody else's device.

    Records:
        DeviceFreed.
    """
    _free(act, device, FreeReason.FORGOTTEN)


@demands(Permission.DEVICE_RETIRE)
def retire(act: Act, device: Device, *, token: str) -> None:
    """Free a device whose token the push service calls dead, unless it has a new one by now.

    Refuses:
        NotAllowed: only the house's own machine hears it from the push service.

    Records:
        DeviceFreed.
    """
    act.session.refresh(device, with_for_update=True)
    if device.token == token:
        _free(act, device, FreeReason.DEAD_TOKEN)


@demands(Permission.DEVICE_RETIRE)
def tidy(act: Act, reason: FreeReason) -> int:
    """Drop the tokens of ended sessions; say how many. They were woken no more in any case.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        DeviceFreed.
    """
    left = (
        select(Device)
        .join(SignInSession, SignInSession.id == Device.session_id)
        .where(Device.token.is_not(None), SignInSession.ended_at.is_not(None))
        .with_for_update(skip_locked=True, of=Device)
    )
    devices = act.session.scalars(left).all()
    for device in devices:
        _free(act, device, reason)
    return len(devices)


@demands(Permission.DEVICE_RETIRE)
def prune(act: Act, reason: FreeReason) -> int:
    """Free the devices whose app nobody has heard of for two months; say how many.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        DeviceFreed.
    """
    unseen = (
        select(Device)
        .where(Device.token.is_not(None), Device.last_seen_at < machine_now() - UNSEEN_FOR)
        .order_by(Device.id)
        .limit(PRUNED_AT_ONCE)
        .with_for_update(skip_locked=True, of=Device)
    )
    devices = act.session.scalars(unseen).all()
    for device in devices:
        _free(act, device, reason)
    return len(devices)


def let_go(act: Act, session_ids: Collection[int], reason: FreeReason) -> None:
    """Wake the phones of these sessions no more: a part of operations that end them.

    Records:
        DeviceFreed.
    """
    theirs = select(Device).where(Device.session_id.in_(session_ids), Device.token.is_not(None))
    for device in act.session.scalars(theirs.order_by(Device.id).with_for_update()).all():
        _free(act, device, reason)


def _free(act: Act, device: Device, reason: FreeReason) -> None:
    device.token, device.freed_at, device.free_reason = None, machine_now(), reason
    act.record(DeviceFreed(device.id, reason.value))
