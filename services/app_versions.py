"""Which versions of the app may be used (应用版本): a least one, and those that were stopped.

A version in which a fault was found is stopped, and nobody works with it from that moment on; the
reason is shown to whoever holds it. Whoever shuts people out of their work answers for it: it is
the security officer of the procuratorate that leads all others here, and the journal keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services import offices
from services.devices import Platform
from services.kernel.act import Act, Event, Record
from services.kernel.refusals import Conflict, NotFound, Stale
from services.policy import Permission, demands

ONE_A_PLATFORM = "least_versions_one_a_platform"
STOPPED_ONCE = "stopped_versions_once"


class LeastVersion(Record):
    """The oldest version of one platform that may be used; a platform without a row has none."""

    __tablename__ = "least_versions"
    __table_args__ = (UniqueConstraint("platform", name=ONE_A_PLATFORM),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[Platform]
    number: Mapped[str | None]
    """`1.4.0`; none where any may be used."""
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Nobody where the console of the installation set it."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy asks


class StoppedVersion(Record):
    """One version that nobody may use, until it is let go on."""

    __tablename__ = "stopped_versions"
    __table_args__ = (
        Index(
            STOPPED_ONCE,
            "platform",
            "number",
            unique=True,
            postgresql_where=literal_column("resumed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[Platform]
    number: Mapped[str]
    reason: Mapped[str]
    """In words, for whoever holds it."""
    stopped_at: Mapped[datetime]
    stopped_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


@dataclass(frozen=True, slots=True)
class LeastVersionSet(Event):
    """The oldest version of a platform that may be used was set, or none was."""

    version: int


@dataclass(frozen=True, slots=True)
class AppVersionStopped(Event):
    """A version of the app may no longer be used."""


@dataclass(frozen=True, slots=True)
class AppVersionResumed(Event):
    """A version of the app that was stopped may be used again."""


class AlreadyStopped(Conflict):
    """That version is stopped already."""

    zh = "该版本已停用。"


class AlreadyResumed(Conflict):
    """That version may be used again already."""

    zh = "该版本已恢复使用。"


@dataclass(frozen=True, slots=True)
class Installation:
    """This house as a whole, as the law asks about it: who leads here."""

    leading_ids: frozenset[int]

    @classmethod
    def of(cls, session: Session) -> "Installation":
        """As it stands."""
        return cls(frozenset(session.scalars(offices.leading())))


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a version may not be used: it is older than the least one, or it was stopped."""

    least: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds now, for every platform."""

    least: Mapping[Platform, LeastVersion]
    stopped: Sequence[StoppedVersion]

    def shuts(self, platform: Platform, number: str) -> Shut | None:
        """Why that version may not be used; None if it may."""
        known = self.least.get(platform)
        least = known.number if known else None
        for one in self.stopped:
            if (one.platform, one.number) == (platform, number):
                return Shut(least, one.reason)
        if least is not None and in_order(number) < in_order(least):
            return Shut(least, None)
        return None


def in_order(number: str) -> tuple[int, ...]:
    """A version as it is compared: 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in number.split("."))


def standing(session: Session) -> Standing:
    """What holds now; anybody may know it, signed in or not."""
    living = select(StoppedVersion).where(StoppedVersion.resumed_at.is_(None))
    return Standing(
        {one.platform: one for one in session.scalars(select(LeastVersion))},
        session.scalars(living.order_by(StoppedVersion.id)).all(),
    )


def least_of(session: Session, platform: Platform) -> LeastVersion:
    """The least version of that platform; of version 0 until one was set."""
    found = session.scalar(select(LeastVersion).where(LeastVersion.platform == platform))
    return found or LeastVersion(platform=platform, number=None, version=0)


def find(act: Act, stop_id: int) -> StoppedVersion:
    """A version that was stopped, whether or not it still is.

    Refuses:
        NotFound: there is none by that id.
    """
    found = act.session.get(StoppedVersion, stop_id)
    if found is None:
        raise NotFound
    return found


@demands(Permission.APP_VERSION_SET)
def set_least(
    act: Act, _installation: Installation, least: LeastVersion, *, number: str | None
) -> LeastVersion:
    """Let no version of a platform be used that is older than this one; none: any may be.

    Refuses:
        NotAllowed: only the security officer of the procuratorate that leads all others here.
        Stale: somebody else set it at the same moment.

    Records:
        LeastVersionSet.
    """
    least.number, least.set_at, least.set_by = number, act.now, act.actor.id or None
    with act.unless(ONE_A_PLATFORM, Stale()):
        act.session.add(least)
        act.session.flush()
    act.record(LeastVersionSet(least.id, least.version))
    return least


@demands(Permission.APP_VERSION_SET)
def stop(
    act: Act, _installation: Installation, *, platform: Platform, number: str, reason: str
) -> StoppedVersion:
    """Let nobody use that version from now on, and tell whoever holds it why.

    Refuses:
        NotAllowed: only the security officer of the procuratorate that leads all others here.
        AlreadyStopped: it is.

    Records:
        AppVersionStopped.
    """
    made = StoppedVersion(
        platform=platform,
        number=number,
        reason=reason,
        stopped_at=act.now,
        stopped_by=act.actor.id,
    )
    with act.unless(STOPPED_ONCE, AlreadyStopped()):
        act.session.add(made)
        act.session.flush()
    act.record(AppVersionStopped(made.id))
    return made


@demands(Permission.APP_VERSION_SET)
def resume(act: Act, _installation: Installation, version: StoppedVersion) -> StoppedVersion:
    """Let a version be used again that was stopped.

    Refuses:
        NotAllowed: only the security officer of the procuratorate that leads all others here, and
            the console, should nobody be able to sign in any more.
        AlreadyResumed: it is.

    Records:
        AppVersionResumed.
    """
    act.session.refresh(version, with_for_update=True)
    if version.resumed_at is not None:
        raise AlreadyResumed
    version.resumed_at, version.resumed_by = act.now, act.actor.id or None
    act.record(AppVersionResumed(version.id))
    return version
