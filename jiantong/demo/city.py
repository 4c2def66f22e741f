"""The city of Yunjiang (云江市): its offices, its people, and the accounts they sign in with."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.kernel.act import SHANGHAI
from services.offices import Level, Office, OfficeKind
from services.participants import Participant, ParticipantKind
from services.people import Leave, Person, Post, Sex, Speciality, SpecialityCode, hash_password
from services.policy import PostKind
from services.resources import Opening, Resource, ResourceKind, Route
from services.security_practices import SecurityPractice
from services.supervisors import (
    Education,
    Expertise,
    Occupation,
    Supervisor,
    SupervisorExpertise,
    SupervisorState,
)

PASSWORD = "yunjiang-2026"  # noqa: S105  # published on purpose: demo accounts guard nothing
"""The one password of every demo account; no account outside the demo has a preset one."""

SHOWN = (
    "luzhiyao",
    "guchangting",
    "cenyuezhou",
    "shenwanqiu",
    "zhouyanbai",
    "xuniantong",
    "luojinghang",
    "qinzhengyuan",
    "xuetinglan",
    "baiyinuo",
    "muhuaizhou",
    "shihongyi",
    "haoshizhen",
    "yaoanlan",
    "jinshuyi",
    "weichuyuan",
    "xiangwenbo",
    "yunanzhi",
)
"""The accounts printed at the start: one or two of every post."""

TERM_YEARS = 5
"""A term of a people's supervisor (PSUP-2021 6)."""

WORKING_DAYS = range(1, 6)
"""Monday to Friday (ISO 8601)."""

POST_NAMES = {
    PostKind.POLICE_OFFICER: ("公安民警", "police officer"),
    PostKind.COMMISSION_OFFICER: ("监察人员", "commission officer"),
    PostKind.CASE_MANAGER: ("案管人员", "case management"),
    PostKind.PROSECUTOR: ("检察官", "prosecutor"),
    PostKind.DEPARTMENT_HEAD: ("部门负责人", "department head"),
    PostKind.CHIEF_PROCURATOR: ("检察长", "chief procurator"),
    PostKind.ACTING_CHIEF: ("代行检察长审批职责", "acting chief"),
    PostKind.ASSISTANT: ("检察官助理", "prosecutor's assistant"),
    PostKind.CLERK: ("书记员", "clerk"),
    PostKind.EXECUTION_SUPERVISOR: ("刑事执行检察人员", "execution supervisor"),
    PostKind.DETENTION_OFFICER: ("看守所民警", "detention officer"),
    PostKind.SUPERVISOR: ("人民监督员", "people's supervisor"),
    PostKind.JUSTICE_OFFICER: ("司法行政人员", "justice officer"),
    PostKind.ADMINISTRATOR: ("系统管理员", "administrator"),
    PostKind.SECURITY_OFFICER: ("安全保密员", "security officer"),
    PostKind.AUDITOR: ("安全审计员", "auditor"),
    PostKind.INSPECTOR: ("检务督察人员", "inspector of staff"),
}
"""What each post is called, in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class City:
    """The ids under which the demo world's offices and people stand in the registers."""

    offices: dict[str, int]
    """By the key of `world.json`."""
    people: dict[str, int]
    """By user name."""

    def holding(self, post: PostKind, office: str) -> list[int]:
        """The ids of everyone in that post of that office, in the order of the file."""
        return [self.people[username] for username in usernames(post, office)]


def accounts() -> list[tuple[str, str, str]]:
    """The accounts to show at the start: what the person is (Chinese, English), name, password."""
    people = {person["username"]: person for person in _world()["people"]}
    rows = []
    for username in SHOWN:
        zh, en = POST_NAMES[PostKind(people[username]["posts"][0][0])]
        rows.append((f"{zh} {en}", username, PASSWORD))
    return rows


def usernames(post: PostKind, office: str) -> list[str]:
    """The user names of everyone in that post of that office."""
    return [
        person["username"]
        for person in _world()["people"]
        if [post.value, office] in person["posts"]
    ]


def committee(office: str) -> dict[str, str]:
    """Who holds which seat in that office's procuratorial committee, the chief first."""
    return dict(_world()["committees"].get(office, {}))


def entering() -> list[dict[str, str]]:
    """Whoever gets an account in the world's last hour, and holds no post yet."""
    return list(_world()["entering"])


def found(session: Session, today: date) -> City:
    """Write the offices and people into empty registers."""
    offices = _offices(session)
    since = date(today.year - 2, 1, 1)
    password_hash = hash_password(PASSWORD)
    people: dict[str, int] = {}
    for row in _world()["people"]:
        person = Person(
            office_id=offices[row["posts"][0][1]] if row["posts"] else None,
            username=row["username"],
            name=row["name"],
            sex=Sex(row["sex"]),
            password_hash=password_hash,
            posts=[
                Post(kind=PostKind(kind), office_id=offices[office], from_on=since)
                for kind, office in row["posts"]
            ],
        )
        session.add(person)
        session.flush()
        people[person.username] = person.id
        session.add_all(
            Speciality(person_id=person.id, code=SpecialityCode(code))
            for code in row.get("specialities", [])
        )
    session.add_all(
        Leave(
            person_id=people[row["username"]],
            from_on=today + timedelta(days=row["from"]),
            until_on=today + timedelta(days=row["until"]),
        )
        for row in _world()["leaves"]
    )
    session.flush()
    _places(session, offices)
    first = people[usernames(PostKind.CASE_MANAGER, "qinglan")[0]]
    session.add_all(
        Participant(
            office_id=offices[row["office"]],
            kind=ParticipantKind(row["kind"]),
            name=row["name"],
            languages=row["languages"],
            entered_at=datetime.combine(since, time(9), SHANGHAI),
            entered_by=first,
        )
        for row in _world()["participants"]
    )
    _register(session, offices["justice"], people, today)
    session.flush()
    return City(offices, people)


def is_founded(session: Session) -> bool:
    """Does the city exist already?"""
    first = _world()["offices"][0]["name"]
    return session.scalar(select(Office.id).where(Office.name == first)) is not None


def _offices(session: Session) -> dict[str, int]:
    """Superiors and procuratorates stand before those that point at them."""
    ids: dict[str, int] = {}
    for row in _world()["offices"]:
        office = Office(
            kind=OfficeKind(row["kind"]),
            level=Level(row["level"]),
            name=row["name"],
            short_name=row["short_name"],
            superior_id=ids[row["superior"]] if "superior" in row else None,
            procuratorate_id=ids[row["procuratorate"]] if "procuratorate" in row else None,
        )
        session.add(office)
        session.flush()
        session.add(SecurityPractice(office_id=office.id, enrolled_only=False))
        ids[row["key"]] = office.id
    return ids


def _places(session: Session, offices: dict[str, int]) -> None:
    """Rooms, desks, a line and escorts, open on working days; and how far it is to each centre."""
    for row in _world()["places"]:
        hours = _world()["hours"].get(row["office"], [])
        session.add(
            Resource(
                office_id=offices[row["office"]],
                kind=ResourceKind(row["kind"]),
                name=row["name"],
                units=row.get("units", 1),
                video=row.get("video", False),
                before_minutes=row.get("before", 0),
                after_minutes=row.get("after", 0),
                openings=[_opening(day, stretch) for day in WORKING_DAYS for stretch in hours],
            )
        )
    session.add_all(
        Route(
            from_office_id=offices[row["from"]],
            to_office_id=offices[row["to"]],
            minutes=row["minutes"],
        )
        for row in _world()["routes"]
    )
    session.flush()


def _register(session: Session, organ_id: int, people: dict[str, int], today: date) -> None:
    """The people's supervisors of the organ, in the second year of their term."""
    since = date(today.year - 1, 1, 1)
    officer = people[usernames(PostKind.JUSTICE_OFFICER, "justice")[0]]
    session.add_all(
        Supervisor(
            person_id=people[row["username"]],
            organ_id=organ_id,
            state=SupervisorState.SERVING,
            born_on=date(row["born"], 6, 1),
            education=Education(row["education"]),
            occupation=Occupation(row["occupation"]),
            profession=row["profession"],
            region=row["region"],
            languages=row["languages"],
            weekdays=[1, 2, 3, 4, 5, 6, 7],
            term_number=row["term"],
            term_from_on=since,
            term_until_on=date(since.year + TERM_YEARS, 1, 1) - timedelta(days=1),
            entered_at=datetime.combine(since, time(9), SHANGHAI),
            entered_by=officer,
            fields=[SupervisorExpertise(code=Expertise(code)) for code in row["expertise"]],
        )
        for row in _world()["supervisors"]
    )


def _opening(weekday: int, stretch: str) -> Opening:
    since, _, until = stretch.partition("-")
    return Opening(
        weekday=weekday,
        from_time=time.fromisoformat(since),
        until_time=time.fromisoformat(until),
    )


@cache
def _world() -> dict[str, Any]:
    stored = files("jiantong.demo").joinpath("data", "world.json").read_text(encoding="utf-8")
    world: dict[str, Any] = json.loads(stored)
    return world
