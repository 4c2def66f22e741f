"""The three parties of a supervision, each on a phone; everything goes over HTTP."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from services import invitations, packets, supervision_opinions
from services.activities import watch
from services.draws import verifier
from services.kernel.act import Act
from services.people import Person
from services.policy import MACHINE
from services.supervisors import Supervisor
from tests.make import Bureau, Make, Town
from tests.phones import Phone, Phones

SWEEPS: tuple[Callable[[Act, int], object], ...] = (
    watch.look,
    invitations.sweep,
    packets.watch,
    supervision_opinions.sweep,
)
"""What the worker does each minute."""
ACCEPTED = {"accepted": True, "attending": "present", "no_conflict": True}
SUPERVISION = frozenset(
    {
        "activities",
        "draws",
        "invitations",
        "packets",
        "supervision_opinions",
        "public_hearings",
        "quality_reviews",
    }
)
"""What a task of supervision is about."""
NOTHING = frozenset[str]()


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """That moment of 2026; in Shanghai it is eight hours later."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def body_of(reply: Any) -> dict[str, Any]:
    told: dict[str, Any] = reply.get_json()
    return told


@dataclass
class Parties:
    """A town, its organ and the pool of supervisors, each with one phone."""

    make: Make
    phones: Phones
    pool: int = 6
    town: Town = field(init=False)
    bureau: Bureau = field(init=False)
    supervisors: dict[int, Supervisor] = field(init=False)
    """By the person."""
    _phones: dict[int, Phone] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.town = self.make.town()
        self.bureau = self.make.bureau(self.town)
        made = [self.make.supervisor(self.bureau) for _ in range(self.pool)]
        self.supervisors = {one.person_id: one for one in made}

    def phone(self, person: Person) -> Phone:
        """The phone that person has had all along."""
        return self._phones.setdefault(person.id, self.phones.of(person))

    def at(self, now: datetime) -> None:
        """It is that moment, and the worker has looked."""
        self.phones.set_clock(now)
        self.make.session.flush()
        for sweep in SWEEPS:
            sweep(Act(MACHINE, now, self.make.session), 100)
        self.make.session.flush()
        self.make.session.expire_all()

    def get(self, person: Person, path: str) -> dict[str, Any]:
        reply = self.phone(person).get(path)
        assert reply.status_code == HTTPStatus.OK, (path, reply.get_json())
        return body_of(reply)

    def all(self, person: Person, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(person, path)["items"]
        return items

    def put(self, person: Person, path: str, step: str, body: object = None) -> dict[str, Any]:
        """Read the thing, and take a step with it."""
        version = self.get(person, path)["version"]
        reply = self.phone(person).send("PUT", f"{path}/{step}", body, version)
        assert reply.status_code == HTTPStatus.OK, (path, step, reply.get_json())
        return body_of(reply)

    def post(
        self, person: Person, path: str, body: object, version: object | None = None
    ) -> dict[str, Any]:
        reply = self.phone(person).send("POST", path, body, version)
        assert reply.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}, (path, reply.get_json())
        return body_of(reply)

    def refused(
        self, person: Person, path: str, step: str, body: object = None
    ) -> tuple[int, str, dict[str, Any]]:
        """A step that is not to be taken: the status and the kind of the no."""
        version = self.get(person, path)["version"]
        reply = self.phone(person).send("PUT", f"{path}/{step}", body, version)
        told = body_of(reply)
        return reply.status_code, told["type"].removeprefix("/problems/"), told

    def tasks(self, person: Person) -> set[str]:
        """What that person has to do in a supervision."""
        return {
            one["kind"] for one in self.all(person, "/tasks") if one["about_kind"] in SUPERVISION
        }

    # What a party does in one go.

    def drawn(self, activity: str) -> str:
        """The organ publishes its draw, case management watches, the organ holds it."""
        organ, manager = self.bureau.officer, self.town.manager
        version = self.get(organ, activity)["version"]
        draw = self.post(organ, f"{activity}/draw", None, version)
        path = f"/draws/{draw['id']}"
        self.put(manager, path, "witness", {})
        self.put(organ, path, "outcome")
        return path

    def asked(self, activity: str, state: str = "invited") -> list[Person]:
        """Who is in that state, as the organ sees it, the first asked first."""
        found = self.all(self.bureau.officer, f"{activity}/invitations?state={state}")
        ids = sorted((one["id"], one["supervisor"]["id"]) for one in found)
        return [self.supervisors[person_id].person for _, person_id in ids]

    def invitation(self, supervisor: Person, activity: str) -> str:
        """The supervisor's own invitation to it."""
        (found,) = (
            one["id"]
            for one in self.all(supervisor, "/invitations")
            if activity == f"/activities/{one['activity']['id']}"
        )
        return f"/invitations/{found}"

    def accepts(self, supervisor: Person, activity: str) -> None:
        """Accept, enrol this phone, and sign the undertaking on it."""
        own = self.invitation(supervisor, activity)
        self.put(supervisor, own, "answer", ACCEPTED)
        self.post(
            supervisor, "/devices", {"platform": "android", "token": f"phone-of-{supervisor.id}"}
        )
        edition = self.get(supervisor, "/undertaking")["edition"]
        self.put(supervisor, own, "undertaking", {"edition": edition})

    def came(self, activity: str, *supervisors: Person) -> None:
        """Case management notes who has come."""
        for one in self.all(self.town.manager, f"{activity}/invitations?state=accepted"):
            there = one["supervisor"]["id"] in {person.id for person in supervisors}
            path = f"/invitations/{one['id']}"
            self.put(self.town.manager, path, "attendance", {"attended": there})

    def gives(self, supervisor: Person, activity: str, words: str) -> dict[str, Any]:
        """Give an opinion, once and for good."""
        own = self.invitation(supervisor, activity)
        said = {
            "facts": {"view": "agree"},
            "evidence": {"view": "partly", "words": "鉴定意见的说明还不充分。"},
            "handling": {"view": "disagree", "words": words},
            "overall": "partly",
            "words": words,
        }
        reply = self.phone(supervisor).send("PUT", f"{own}/opinion", said)
        assert reply.status_code == HTTPStatus.OK, reply.get_json()
        return body_of(reply)

    def reports(self, activity: str) -> None:
        """Case management tells the organ how those who had accepted took part."""
        manager = self.town.manager
        conduct = {"attended": "diligent", "absent": "absent_excused"}
        lines = [
            {"invitation_id": one["id"], "conduct": conduct[one["state"]]}
            for one in self.all(manager, f"{activity}/invitations")
            if one["state"] in conduct
        ]
        path = f"{activity}/performance-report"
        reply = self.phone(manager).send("PUT", path, {"lines": lines})
        assert reply.status_code == HTTPStatus.OK, reply.get_json()

    def runs_again(self, person: Person, draw: str, folder: Path) -> dict[str, Any]:
        """Save the publication and run the verifier on it, out of reach of our own modules."""
        told = self.get(person, f"{draw}/publication")
        saved = folder / "draw.json"
        saved.write_text(json.dumps(told), encoding="utf-8")
        ran = subprocess.run(  # noqa: S603  # our own file
            [sys.executable, "-I", verifier.__file__, str(saved)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stdout) == (0, "OK\n"), ran.stdout + ran.stderr
        return told
