"""How often somebody may knock.

Each process counts for itself: with N processes the true limit lies between the one written
here and N times it. That stops a stuck phone and slows a guesser down; guessing at one account
is stopped exactly, in the database, by `services.sessions`. Time is the machine's.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from services.kernel.refusals import TooMany

IPV6_BLOCK = 64
"""Bits of an IPv6 address that one subscriber has; what follows, anybody may change at will."""


def block_of(address: str | None) -> str:
    """The address block that counts as one source: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), IPV6_BLOCK), strict=False))
    return str(found)


@dataclass(slots=True)
class Limit:
    """`burst` requests at once and `per_second` in the long run, for each key (GCRA).

    The generic cell rate algorithm (ITU-T I.371) keeps one number a key: the moment at which
    the next request would be due if all came evenly.
    """

    burst: int
    per_second: float
    clock: Callable[[], float] = time.monotonic
    most_keys: int = 50_000
    _due: dict[str, float] = field(default_factory=dict[str, float])
    _lock: Lock = field(default_factory=Lock)

    def take(self, key: str) -> None:
        """Count one request of `key`.

        Refuses:
            TooMany: it comes too soon; `retry_after` says how many seconds too soon.
        """
        step = 1 / self.per_second
        with self._lock:
            now = self.clock()
            due = max(self._due.get(key, now), now)
            early = due - now - (self.burst - 1) * step
            if early > 0:
                raise TooMany(retry_after=early)
            if len(self._due) >= self.most_keys:
                self._due = {k: at for k, at in self._due.items() if at > now}
                if len(self._due) >= self.most_keys:
                    raise TooMany(retry_after=step)
            self._due[key] = due + step


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one process."""

    person: Limit = field(default_factory=lambda: Limit(burst=120, per_second=10))
    """For whoever is signed in: 120 at once, 600 a minute."""
    open_door: Limit = field(default_factory=lambda: Limit(burst=60, per_second=1))
    """For each network address at the doors that ask for no token: 60 at once, 60 a minute."""
