"""A process that is killed: it serves one request, or runs one sweep, until a chosen statement.

The child is forked from a server that has imported the house and holds no connection, so a
killed one is replaced in milliseconds. SIGKILL leaves it no last word: what it had not
committed is gone, and its connection with it.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, delete, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from notifications import dispatcher, faults
from notifications.channels import Outcome, Push, Verdict
from notifications.deliveries import DeliveryChannel
from notifications.faults import DeliveryFault, FaultState
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Sender
from services import devices
from services.devices import FreeReason
from services.kernel.act import acting
from services.kernel.clock import machine_now
from services.kernel.settings import Settings
from services.policy import CONSOLE, MACHINE
from services.step_ups import StepUp
from tests.phones import ConfirmingClient
from tests.proofs.house import House, Phone, assembled
from tests.rings import carrying

AT_COMMIT = 0
"""In place of a statement's number: death comes when all is written and nothing is committed."""
NEVER = -1
"""In place of a statement's number: death comes otherwise, if at all."""

REFUSED = "refused"
CHANNELS = (DeliveryChannel.FCM, DeliveryChannel.WEB_PUSH)
ROUNDS = 2
"""In the second round goes out what is told of the first: that a push was refused."""

_PATIENCE = 300.0
_BROKEN = 3


class SteadyClient(ConfirmingClient):
    """Confirms under the number after the last that was used, however often it died before."""

    def _number(self, session: Session) -> int:
        session.execute(delete(StepUp).where(StepUp.used_at.is_(None)))
        return 1 + (session.scalar(select(func.max(StepUp.id))) or 0)


@dataclass(frozen=True, slots=True)
class Deed:
    """One request, as a phone sends it; sent again, it carries the same key."""

    phone: Phone
    method: str
    path: str
    body: object
    etag: str | None
    key: str


@dataclass(frozen=True, slots=True)
class Network:
    """Where pushes go: a file that remembers them even if the sender dies in the next instant."""

    mailbox: Path
    refuses: str = REFUSED
    """What it calls a bad payload: every token that begins so."""
    mortal: bool = False
    """Does the sender's process die when all has arrived, before it hears an answer?"""

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        with self.mailbox.open("a") as mailbox:
            for push in pushes:
                mailbox.write(f"{push.payload['id']} {push.token}\n")
        if self.mortal:
            os.kill(os.getpid(), signal.SIGKILL)
        return [self._answer(push.token) for push in pushes]

    def _answer(self, token: str) -> Outcome:
        if self.refuses and token.startswith(self.refuses):
            return Outcome(Verdict.BAD_PAYLOAD, "INVALID_ARGUMENT", message_id=token)
        return Outcome(Verdict.ACCEPTED, "OK", message_id=token)

    @property
    def arrived(self) -> list[tuple[str, str]]:
        """Every push that went out, as item and token, repeated as often as it did."""
        lines = self.mailbox.read_text().splitlines() if self.mailbox.exists() else []
        return [(item, token) for item, _, token in (line.partition(" ") for line in lines)]


def sweep(engine: Engine, network: Network, *, later: timedelta) -> None:
    """Tell and send all that lies about, as the worker's sweep does, by a clock put `later`.

    The channels one after the other, so that the statements have an order and a number each.
    """
    sessions = sessionmaker[Session](engine, expire_on_commit=False)
    seal = Seal(Ed25519PrivateKey.generate())
    channels = dict.fromkeys(CHANNELS, network)
    sender = Sender(sessions, channels, seal, clock=lambda: machine_now() + later)
    for _ in range(ROUNDS):
        dispatcher.drain(sessions, notices())
        sender.switch()
        for channel in CHANNELS:
            sender.carry(channel)
    with acting(sessions, MACHINE, machine_now()) as act:
        devices.tidy(act, FreeReason.SIGNED_OUT)


def replay(engine: Engine) -> bool:
    """Let the oldest open heap of dead letters go out again; False where there is none."""
    sessions = sessionmaker[Session](engine, expire_on_commit=False)
    with acting(sessions, CONSOLE, machine_now()) as act:
        heaps = select(DeliveryFault).where(DeliveryFault.state == FaultState.OPEN)
        oldest = act.session.scalar(heaps.order_by(DeliveryFault.id).limit(1))
        if oldest is not None:
            faults.replay(act, oldest)
    return oldest is not None


class Crashes:
    """Starts processes that die at a chosen statement."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._from = multiprocessing.get_context("forkserver")
        self._from.set_forkserver_preload([__name__])

    def request(self, app_url: str, deed: Deed, fatal: int) -> bool:
        """Serve one request; True if it died at that statement, False if it came to the end."""
        return self._dies(_serve, self._settings, app_url, deed, fatal)

    def sweep(self, app_url: str, mailbox: Path, fatal: int) -> bool:
        """Run one sweep; True if it died at that statement, False if it came to the end."""
        return self._dies(_sweep, app_url, Network(mailbox), fatal)

    def unheard(self, app_url: str, mailbox: Path) -> bool:
        """Run one sweep that dies when its first pushes have arrived, before their answers."""
        return self._dies(_sweep, app_url, Network(mailbox, mortal=True), NEVER)

    def replay(self, app_url: str, fatal: int) -> bool:
        """Replay the oldest heap of dead letters; True if it died at that statement."""
        return self._dies(_replay, app_url, fatal)

    def _dies(self, work: Callable[..., None], *args: object) -> bool:
        child = self._from.Process(target=work, args=args)
        child.start()
        child.join(_PATIENCE)
        assert child.exitcode in {0, -signal.SIGKILL}, f"the child ended with {child.exitcode}"
        return child.exitcode != 0


def _serve(settings: Settings, app_url: str, deed: Deed, fatal: int) -> None:
    _silence()
    engine = _mortal(app_url, fatal)
    app = assembled(settings, engine)
    app.test_client_class = SteadyClient
    answer = House.on(app, engine).ask(
        deed.phone, deed.method, deed.path, deed.body, etag=deed.etag, key=deed.key
    )
    os._exit(0 if answer.status in {200, 201} else _BROKEN)


def _sweep(app_url: str, network: Network, fatal: int) -> None:
    _silence()
    sweep(_mortal(app_url, fatal), network, later=timedelta())
    os._exit(0)


def _replay(app_url: str, fatal: int) -> None:
    _silence()
    replay(_mortal(app_url, fatal))
    os._exit(0)


def _mortal(app_url: str, fatal: int) -> Engine:
    """A database whose `fatal`-th statement, commits among them, is never sent: death comes."""
    engine = carrying(create_engine(app_url))
    engine.connect().close()  # what the driver asks on its first connection is no part of the act
    statements = count(1)

    def die_at_it(*_: object) -> None:
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def die_at_commit(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", die_at_it)
    event.listen(engine, "commit", die_at_commit if fatal == AT_COMMIT else die_at_it)
    return engine


def _silence() -> None:
    """Its log is nobody's business; its errors are told by its exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
