"""A town with several people in every post, and the steps of a case as its phones take them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity import TokenKey
from services import preferences
from services.arrest_requests.terms import AcceptanceCheck
from services.offices import Office
from services.people import Person
from services.policy import PostKind
from services.preferences import MOST, Habits
from tests.arrest_requests.conftest import Desk
from tests.conftest import NOON
from tests.make import Make
from tests.proofs.house import Answer, House, Phone, set_clock, signed_in

CHECKS = {check.value: "ok" for check in AcceptanceCheck}
OPINION = {"proposal": "approve", "hearing": "interrogated", "reasons": "有证据证明有犯罪事实。"}
DECISIONS = {
    "approve": {"outcome": "approve"},
    "refuse": {"outcome": "refuse", "refusal_kind": "no_danger", "note": "采取取保候审足以防止。"},
}


@dataclass(frozen=True)
class Town:
    """Everybody's phone, and the ids that a request names."""

    officers: tuple[Phone, ...]
    managers: tuple[Phone, ...]
    chiefs: tuple[Phone, ...]
    prosecutors: tuple[Phone, ...]
    procuratorate_id: int
    charge_id: int
    centre_id: int
    clerk_id: int

    def handler(self, person_id: int) -> Phone:
        return next(phone for phone in self.prosecutors if phone.person_id == person_id)

    def request(self, number: str, suspects: int = 1) -> dict[str, Any]:
        """A request with nothing wrong with it; nobody in it has been here before."""
        return {
            "document_number": number,
            "document_on": "2026-03-02",
            "head_approved_on": "2026-03-01",
            "facts": "2026年2月27日21时许，犯罪嫌疑人在梧桐路某超市内窃取他人手机，价值五千元。",
            "danger_grounds": "无固定住所，可能实施新的犯罪。",
            "suspects": [self._suspect(f"赵某{ordinal}") for ordinal in range(suspects)],
            "file_items": [
                {"title": "证据卷第一册", "pages": 96, "kind": "evidence"},
                {"title": "拘留证", "pages": 1, "kind": "detention_warrant"},
            ],
        }

    def _suspect(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "sex": "male",
            "born_on": "1990-03-07",
            "measure": "detention",
            "measure_began_at": "2026-02-28T02:00:00Z",
            "detention_centre_id": self.centre_id,
            "act_on": "2026-02-27",
            "charge_ids": [self.charge_id],
        }


def founded(session: Session, key: TokenKey, *, each: int = 2, prosecutors: int = 7) -> Town:
    """Found the town in an empty database: so many people `each` post, so many prosecutors."""
    set_clock(session)
    make = Make(session, NOON)
    desk = Desk(make)
    town = desk.town

    def phones(first: int, post: PostKind, office: Office, count: int) -> tuple[Phone, ...]:
        others = [make.person(post, office).id for _ in range(count - 1)]
        return tuple(signed_in(session, key, person) for person in (first, *others))

    here = town.procuratorate
    everybody = Town(
        phones(town.officer.id, PostKind.POLICE_OFFICER, town.police, each),
        phones(town.manager.id, PostKind.CASE_MANAGER, here, each),
        phones(town.chief.id, PostKind.CHIEF_PROCURATOR, here, each),
        phones(town.prosecutor.id, PostKind.PROSECUTOR, here, prosecutors),
        here.id,
        desk.theft.id,
        desk.centre.id,
        make.person(PostKind.CLERK, here).id,
    )
    # Whatever the hour of the run, nobody's push waits for the morning or for a digest.
    for person in session.scalars(select(Person)).all():
        act = make.act(person)
        preferences.change(act, preferences.find(act), habits=Habits(cap=MOST))
    return everybody


@dataclass(frozen=True)
class Steps:
    """The steps of a case over HTTP; `nth` says which of several people in the post takes it."""

    house: House
    town: Town

    def submit(
        self, number: str, suspects: int = 1, nth: int = 0, key: str | None = None
    ) -> Answer:
        officer = self.town.officers[nth % len(self.town.officers)]
        body = self.town.request(number, suspects)
        return self.house.ask(officer, "POST", "/arrest-requests", body, key=key)

    def accept(self, request: Any, nth: int = 0) -> Answer:
        manager = self.town.managers[nth % len(self.town.managers)]
        path, body = f"/arrest-requests/{request['id']}/acceptance", {"checks": CHECKS}
        return self._put(manager, path, body | {"list": "ordinary"}, request)

    def assign(self, case: Any, nth: int = 0) -> Answer:
        manager = self.town.managers[nth % len(self.town.managers)]
        return self._put(manager, f"/cases/{case['id']}/assignment", {"mode": "random"}, case)

    def case(self, case_id: int) -> Any:
        answer = self.house.ask(self.town.managers[0], "GET", f"/cases/{case_id}")
        assert answer.status == 200, answer
        return answer.body

    def file(self, review: Any, handler_id: int) -> Answer:
        """Enter the interrogation that was held on paper, before the opinion."""
        body = {
            "case_id": review["case_id"],
            "suspect_id": review["suspect"]["id"],
            "held_from": "2026-03-02T09:00:00+08:00",
            "held_until": "2026-03-02T10:00:00+08:00",
            "seats": [
                {"role": "lead", "person_id": handler_id},
                {"role": "clerk", "person_id": self.town.clerk_id},
            ],
        }
        return self.house.ask(self.town.handler(handler_id), "POST", "/filed-interrogations", body)

    def opine(self, review: Any, handler_id: int) -> Answer:
        filed = self.file(review, handler_id)
        if filed.status != 201:
            return filed
        path = f"/arrest-reviews/{review['id']}/opinion"
        return self._put(self.town.handler(handler_id), path, OPINION, review)

    def decide(self, review: Any, nth: int = 0, outcome: str = "approve") -> Answer:
        chief = self.town.chiefs[nth % len(self.town.chiefs)]
        path = f"/arrest-reviews/{review['id']}/decision"
        return self._put(chief, path, DECISIONS[outcome], review)

    def receipt(self, review: Any, nth: int = 0) -> Answer:
        officer = self.town.officers[nth % len(self.town.officers)]
        path = f"/arrest-reviews/{review['id']}/receipt"
        done = "executed" if review["decision"]["outcome"] == "approve" else "released"
        body = {"outcome": done, "executed_at": review["decision"]["at"]}
        return self._put(officer, path, body, review)

    def _put(self, phone: Phone, path: str, body: object, record: Any) -> Answer:
        return self.house.ask(phone, "PUT", path, body, etag=f'"{record["version"]}"')
