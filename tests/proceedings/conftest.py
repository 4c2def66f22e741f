"""A town whose people take a case through HTTP, each on their own phone, day after day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import access_token
from services import charges
from services.arrest_requests import ArrestRequest
from services.arrest_reviews import ArrestReview
from services.cases import Case
from services.charges import Charge
from services.deadlines import CHINA_TIME
from services.kernel.act import JournalEntry
from services.kernel.clock import LegalClock, machine_now
from services.offices import Office, OfficeKind
from services.people import Person, Post, Speciality, SpecialityCode
from services.policy import Permission, PostKind
from services.proceedings import TABLES, Proposal
from services.prosecutions import Prosecution
from services.sessions import SignInSession
from services.transfers import Transfer
from tests.make import Make, Town

API = "/api/v1"
CHECKS = dict.fromkeys(
    ("jurisdiction", "file_complete", "property_matches", "suspects_present", "in_time"), "ok"
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=CHINA_TIME)
Json = dict[str, Any]
INDICTMENT: dict[str, Any] = {
    "facts_text": "被告人多次盗窃他人财物，数额较大。",
    "reasons": "犯罪事实清楚，证据确实、充分，应当以盗窃罪追究刑事责任。",
    "likely_months": 48,
    "procedure": "ordinary",
}


class Refused(AssertionError):
    """The server said no; the problem is kept."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.problem = status, problem


@dataclass(slots=True)
class Phone:
    """One person's phone."""

    client: FlaskClient
    token: str
    keys: Iterator[int]
    said: set[str]

    def ask(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Json:
        """The answer, or the refusal with its problem."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"journey-{next(self.keys)}",
        }
        headers |= {"If-Match": etag} if etag else {}
        sent = {} if body is None else {"json": body}
        self.said.update(words_of(body))
        reply = self.client.open(API + path, method=method, headers=headers, **sent)
        answer = reply.get_json(silent=True) or {}
        if reply.status_code >= 400:
            raise Refused(reply.status_code, answer)
        return dict(answer)

    def get(self, path: str) -> Json:
        """What stands there."""
        return self.ask("GET", path)

    def change(self, method: str, path: str, body: Any, of: str | None = None) -> Json:
        """Change what was read a moment ago."""
        version = self.get(of or path.rpartition("/")[0])["version"]
        return self.ask(method, path, body, f'"{version}"')

    def step(self, matter: str, code: str, **given: Any) -> Json:
        """Take a step in a suspect's matter, or put it forward."""
        return self.change("POST", f"{matter}/steps", {"step": code, "given": plain(given)})

    def decide(self, proposal_id: int, outcome: str = "approve", **more: Any) -> Json:
        """Decide on a proposal."""
        body = {"outcome": outcome, **more}
        return self.change("PUT", f"/proposals/{proposal_id}/decision", body)

    def tasks(self) -> list[str]:
        """What lies open, the most urgent first."""
        return [one["kind"] for one in self.get("/tasks")["items"]]

    def due(self, kind: str) -> str | None:
        """The day of the one open task of that kind."""
        (found,) = (one["due_on"] for one in self.get("/tasks")["items"] if one["kind"] == kind)
        day: str | None = found
        return day

    def barred(self, matter: str, code: str, **given: Any) -> tuple[str, str]:
        """On which ground, and under which article, the law bars a step."""
        with pytest.raises(Refused) as refused:
            self.step(matter, code, **given)
        assert refused.value.status == 409, refused.value
        assert refused.value.problem["type"] == "/problems/step-barred"
        return refused.value.problem["ground"], refused.value.problem["article"]

    def refused(self, method: str, path: str, body: Any = None, etag: str | None = None) -> int:
        """With which status the server says no."""
        with pytest.raises(Refused) as refused:
            self.ask(method, path, body, etag)
        return refused.value.status


def words_of(said: Any) -> Iterator[str]:
    """Every Chinese text somewhere within what is sent."""
    if isinstance(said, dict):
        said = list(said.values())
    if isinstance(said, list):
        for one in said:
            yield from words_of(one)
    elif isinstance(said, str) and any("\u4e00" <= letter <= "\u9fff" for letter in said):
        yield said


def running(matter: Json) -> dict[str, str | None]:
    """The periods that run, each with the day to keep."""
    return {
        one["rule_id"]: one["due_on"] for one in matter["deadlines"] if one["closed_at"] is None
    }


def matter_of(case: Json, name: str | None = None) -> str:
    """Where the prosecution of the named suspect, or of the only one, is found."""
    (found,) = (
        one["id"] for one in case["prosecutions"] if name is None or one["suspect"]["name"] == name
    )
    return f"/prosecutions/{found}"


def steps_of(matter: Json) -> list[str]:
    """The steps that were taken, as this reader sees them."""
    return [one["code"] for one in matter["history"]]


def number_of(matter: Json, code: str) -> str:
    """Under which number a step was taken last."""
    return str([one["number"] for one in matter["history"] if one["code"] == code][-1])


def plain(given: Mapping[str, Any]) -> Json:
    """Days and moments as they travel."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
    }


@dataclass(slots=True)
class Trip:
    """The people, their phones and the clock of one journey."""

    app: Flask
    make: Make
    town: Town
    superior: Office
    theft: Charge
    stranger: Phone = field(init=False)
    other_police: Phone = field(init=False)
    keys: Iterator[int] = field(default_factory=lambda: count(1))
    said: set[str] = field(default_factory=set[str])
    _phones: dict[int, Phone] = field(default_factory=dict)
    now: datetime = MONDAY

    def phone(self, person: Person) -> Phone:
        """Somebody's phone, signed in."""
        if person.id not in self._phones:
            at = machine_now()
            opened = SignInSession(person_id=person.id, opened_at=at, renewed_at=at)
            self.make.session.add(opened)
            self.make.session.flush()
            token = access_token(
                self.app.extensions["token_key"], opened, lasting=timedelta(hours=2)
            )
            self._phones[person.id] = Phone(self.app.test_client(), token, self.keys, self.said)
        return self._phones[person.id]

    @property
    def officer(self) -> Phone:
        return self.phone(self.town.officer)

    @property
    def manager(self) -> Phone:
        return self.phone(self.town.manager)

    @property
    def prosecutor(self) -> Phone:
        return self.phone(self.town.prosecutor)

    @property
    def chief(self) -> Phone:
        return self.phone(self.town.chief)

    @property
    def today(self) -> date:
        return self.now.date()

    def wait(self, days: float) -> None:
        """Let the legal clock go on."""
        self.go_to(self.now + timedelta(days=days))

    def go_to(self, moment: datetime) -> None:
        """Set the legal clock."""
        self.now = moment
        clock = self.make.session.get(LegalClock, 1)
        if clock is None:
            clock = LegalClock(id=1, offset=moment - machine_now())
            self.make.session.add(clock)
        clock.offset = moment - machine_now()
        self.make.session.flush()

    def member(self, post: PostKind, office: Office | None = None) -> Phone:
        """The phone of one more person, of this procuratorate unless it is said."""
        return self.phone(self.make.person(post, office or self.town.procuratorate))

    def above(self, post: PostKind) -> Phone:
        """The phone of the one who holds that post in the procuratorate one level above."""
        held = select(Post.person_id).where(Post.office_id == self.superior.id, Post.kind == post)
        return self.phone(self.make.session.get_one(Person, self.make.session.scalars(held).one()))

    # What holds at the end of every journey.

    def papers(self) -> Iterator[str]:
        """Where everything that came of the journey is read."""
        for path, record in PAPERS.items():
            for found in self.make.session.scalars(select(record.id).order_by(record.id)):
                yield f"{path}/{found}"

    def shut_to_others(self) -> None:
        """Nobody of the next town, and no other police, finds anything of it."""
        for stranger in (self.stranger, self.other_police):
            for path in self.papers():
                assert stranger.refused("GET", path) == 404, path
            assert stranger.tasks() == []

    def told_to_the_organ(self) -> None:
        """The organ that sent it in reads what it is told, and takes its own steps only."""
        for path, record in PAPERS.items():
            if record.__tablename__ not in TABLES:
                continue
            steps = TABLES[record.__tablename__].steps
            for matter in (one for one in self.papers() if one.startswith(f"{path}/")):
                seen = self.officer.get(matter)
                assert seen["proposal_id"] is None
                assert seen["proposed"] is None
                assert seen.get("indictment") is None
                assert {steps[one["code"]].by for one in seen["open_steps"]} <= {
                    Permission.PROCEEDING_ANSWER
                }
                for taken in seen["history"]:
                    assert steps[taken["code"]].told
                    assert not any(
                        steps[taken["code"]].field_of(one["name"]).inside for one in taken["said"]
                    )

    def nameless(self) -> None:
        """No name and no text that anybody typed has come into the journal."""
        entries = [str(one) for one in self.make.session.scalars(select(JournalEntry.details))]
        assert entries
        for words in self.said:
            assert not any(words in one for one in entries), words

    # What many journeys begin with.

    def suspect(self, name: str = "赵某甲", **more: Any) -> Json:
        """A suspect as the police state them."""
        return {
            "name": name,
            "document_kind": "none",
            "name_self_reported": True,
            "born_on": "1990-03-07",
            "sex": "male",
            "measure": "detention",
            "measure_began_at": (self.now - timedelta(days=2)).isoformat(),
            "detention_centre_id": self.centre.id,
            "act_on": (self.now - timedelta(days=3)).date().isoformat(),
            "charge_ids": [self.theft.id],
            **more,
        }

    @property
    def centre(self) -> Office:
        found = self.make.session.query(Office).filter_by(kind=OfficeKind.DETENTION_CENTRE).first()
        assert found is not None
        return found

    def arrest_case(self, *suspects: Json, **more: Any) -> Json:
        """A request of the police, accepted, and with the town's prosecutor."""
        number = next(self.keys)
        request = self.officer.ask(
            "POST",
            "/arrest-requests",
            {
                "document_number": f"测公提捕字〔2026〕{number}号",
                "document_on": self.today.isoformat(),
                "head_approved_on": self.today.isoformat(),
                "facts": "犯罪嫌疑人在某商场多次盗窃他人财物，数额较大。",
                "danger_grounds": "可能实施新的犯罪。",
                "suspects": list(suspects) or [self.suspect()],
                "file_items": [
                    {"title": "证据卷", "pages": 96, "kind": "evidence"},
                    {"title": "拘留证", "pages": 1, "kind": "detention_warrant"},
                ],
                **more,
            },
        )
        path = f"/arrest-requests/{request['id']}"
        case = self.manager.change(
            "PUT", f"{path}/acceptance", {"list": "ordinary", "checks": CHECKS}
        )
        return self.assigned(case)

    def assigned(self, case: Json) -> Json:
        """The same case with its handler: drawn, or the one of the earlier stage."""
        path = f"/cases/{case['id']}"
        self.manager.change("PUT", f"{path}/assignment", {"mode": "random"})
        return self.manager.get(path)

    def opined(self, review_id: int, **opinion: Any) -> None:
        """The handler's opinion, and the chief procurator's decision after it."""
        path = f"/arrest-reviews/{review_id}"
        review = self.make.session.get_one(ArrestReview, review_id)
        self.make.held(review.case, review.suspect)
        self.prosecutor.change(
            "PUT",
            f"{path}/opinion",
            {"hearing": "interrogated", "reasons": "有证据证明有犯罪事实。", **opinion},
        )
        decision = {"outcome": opinion["proposal"]}
        if "refusal_kind" in opinion:
            decision["refusal_kind"] = opinion["refusal_kind"]
        self.chief.change("PUT", f"{path}/decision", decision)

    def arrested(self, *suspects: Json) -> Json:
        """An arrest case whose suspects were all arrested today."""
        case = self.arrest_case(*suspects)
        for review in case["arrest_reviews"]:
            self.opined(review["id"], proposal="approve")
            self.receipt(review["id"], "executed")
        return self.manager.get(f"/cases/{case['id']}")

    def receipt(self, review_id: int, outcome: str, **more: Any) -> Json:
        """What the police did with the decision, at this minute."""
        minute = self.now.replace(second=0, microsecond=0).isoformat()
        body = {"outcome": outcome, "executed_at": minute, **more}
        return self.officer.change("PUT", f"/arrest-reviews/{review_id}/receipt", body)

    def transferred(
        self,
        named: list[Json],
        *,
        by: Phone | None = None,
        **more: Any,
    ) -> Json:
        """A case transferred for prosecution, accepted and with its handler."""
        number = next(self.keys)
        transfer = (by or self.officer).ask(
            "POST",
            "/transfers",
            {
                "document_number": f"测公诉字〔2026〕{number}号",
                "document_on": self.today.isoformat(),
                "facts": "犯罪嫌疑人在某商场多次盗窃他人财物，数额较大。",
                "suspects": named,
                **more,
            },
        )
        path = f"/transfers/{transfer['id']}"
        case = self.manager.change(
            "PUT", f"{path}/acceptance", {"list": "ordinary", "checks": CHECKS}
        )
        return self.assigned(case)

    def approved(self, matter: str, code: str, **given: Any) -> Json:
        """A step that the handler puts forward and the chief procurator approves."""
        return self.passed(matter, code, self.prosecutor, self.chief, **given)

    def passed(self, matter: str, code: str, by: Phone, *deciders: Phone, **given: Any) -> Json:
        """A step that somebody puts forward and each level approves."""
        proposal = by.step(matter, code, **given)["proposal_id"]
        for one in deciders:
            one.decide(proposal)
        return by.get(matter)

    def met(self, matter: str) -> None:
        """The suspect was interrogated, and it was filed from paper."""
        prosecution = self.make.session.get_one(Prosecution, int(matter.rpartition("/")[2]))
        self.make.held(prosecution.case, prosecution.suspect)

    def reviewed(self, matter: str) -> None:
        """Told the rights, interrogated and heard, as every suspect is."""
        self.prosecutor.step(matter, "tell_rights", told=["suspect", "victim"], form="written")
        self.met(matter)
        self.prosecutor.step(
            matter, "interrogate", on=self.today, form="in_person", summary="供认不讳。"
        )
        for one in ("defender", "victim"):
            self.prosecutor.step(
                matter, "hear_opinions", heard=one, on=self.today, form="in_person"
            )

    def prosecution(self, *suspects: Json, after: float = 30) -> str:
        """The matter of a suspect who was arrested, and transferred some days later."""
        (review,) = self.arrested(*suspects)["arrest_reviews"]
        self.wait(after)
        return matter_of(self.transferred([{"suspect_id": review["suspect"]["id"]}]))


PAPERS: dict[str, type[Any]] = {
    "/arrest-requests": ArrestRequest,
    "/transfers": Transfer,
    "/cases": Case,
    "/arrest-reviews": ArrestReview,
    "/prosecutions": Prosecution,
    "/proposals": Proposal,
}


@pytest.fixture
def trip(app: Flask, make: Make, session: Session) -> Iterator[Trip]:
    """Monday 2 March 2026, nine in the morning: one prosecutor here, another in the next town."""
    charges.load(session)
    superior = make.office(OfficeKind.PROCURATORATE, level="municipal")
    make.person(PostKind.CHIEF_PROCURATOR, superior)
    make.person(PostKind.PROSECUTOR, superior)
    town = make.town()
    town.procuratorate.superior_id = superior.id
    make.office(OfficeKind.DETENTION_CENTRE, procuratorate_id=town.procuratorate.id)

    make.session.add(Speciality(person_id=town.prosecutor.id, code=SpecialityCode.MINORS))
    theft = session.query(Charge).filter(Charge.name == "盗窃罪").first()
    assert theft is not None
    journey = Trip(app, make, town, superior, theft)
    journey.stranger = journey.member(PostKind.CHIEF_PROCURATOR, make.office())
    other = make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=town.procuratorate.id)
    journey.other_police = journey.member(PostKind.POLICE_OFFICER, other)
    journey.go_to(MONDAY)
    yield journey
    journey.shut_to_others()
    journey.told_to_the_organ()
    journey.nameless()
