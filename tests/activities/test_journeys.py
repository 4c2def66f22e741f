"""Supervision as its three parties live it, over HTTP from the plan to the last answer."""

from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.arrest_requests.terms import Measure
from services.arrest_reviews import ArrestReview, ReviewState
from services.cases import Case, CaseState
from services.kernel.act import JournalEntry
from services.people import Person
from services.policy import PostKind
from services.prosecutions import Prosecution
from tests.activities.parties import NOTHING, Parties, body_of, utc
from tests.make import Make
from tests.phones import Phones

CANARY = "欧阳丹青"
"""The suspect, whom no supervisor and nobody of the organ may ever read of."""
SHOP = "青澜商场"
"""No rule covers it: case management sees it by eye."""
TITLE = "拟不起诉案件公开审查"
SAID = "银杏树下的第三把椅子无人提及"
"""Words of one opinion, and of nothing else."""
STARTS, ENDS = utc(3, 9, 1, 30), utc(3, 9, 3, 30)
"""Monday, 9 March, from half past nine to half past eleven in Shanghai."""


@pytest.fixture
def parties(make: Make, phones: Phones) -> Parties:
    return Parties(make, phones)


def intended(parties: Parties) -> tuple[Prosecution, str]:
    """The handler means not to prosecute: everybody was heard, and the chief is asked."""
    make, handler = parties.make, parties.town.prosecutor
    suspect = make.suspect(name=CANARY, measure=Measure.ARREST)
    found = make.prosecution(parties.town, suspect, facts=f"{CANARY}在{SHOP}窃取他人手机一部。")
    make.held(found.case, suspect)
    path, today = f"/prosecutions/{found.id}", "2026-03-02"
    said = {"facts_text": "窃取手机一部，已退赔。", "reasons": "情节轻微，认罪悔罪。"}
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("interrogate", {"on": today, "form": "in_person", "summary": "供认。"}),
        ("hear_opinions", {"heard": "defender", "on": today, "form": "in_person"}),
        ("hear_opinions", {"heard": "victim", "on": today, "form": "in_person"}),
        ("decide_discretionary", said | {"exempting_articles": "刑法第三十七条"}),
    )
    for step, given in steps:
        version = parties.get(handler, path)["version"]
        parties.post(handler, f"{path}/steps", {"step": step, "given": given}, version)
    return found, f"/proposals/{parties.get(handler, path)['proposal_id']}"


def hearing_of(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "form": "public_hearing",
        "matter": "non_prosecution",
        "suspect_ids": [one.id for one in case.suspects],
        "starts_at": STARTS.isoformat(),
        "ends_at": ENDS.isoformat(),
        "place": "第一听证室",
        "agenda": ["宣布纪律", "介绍案情", "提问", "评议"],
        "intention": "拟作出相对不起诉决定。",
        "officers": [
            {"name": name, "born_on": "1980-05-01", "occupation": "教师"}
            for name in ("方某", "施某", "汤某")
        ],
        "parties": [{"kind": "victim", "name": "林某"}],
    }


def activity_of(case: Case | None, **changes: Any) -> dict[str, Any]:
    planned: dict[str, Any] = {
        "kind": "public_review",
        "title": TITLE,
        "case_id": None if case is None else case.id,
        "starts_at": STARTS.isoformat(),
        "ends_at": ENDS.isoformat(),
        "form": "either",
        "place": "第一听证室",
        "wanted": 2,
    }
    return planned | changes


def held(parties: Parties, activity: str) -> None:
    """Begun when its time has come, all there who accepted, and ended in time."""
    parties.at(STARTS)
    parties.put(parties.town.prosecutor, activity, "beginning")
    parties.came(activity, *parties.asked(activity, "accepted"))
    parties.at(ENDS)
    parties.put(parties.town.prosecutor, activity, "end")


def nobody_reads(parties: Parties, activity: str, opinion: dict[str, Any], author: Person) -> None:
    """The words of a sealed opinion are in nobody's answer but its author's."""
    town = parties.town
    others = [one for one in parties.asked(activity, "attended") if one != author]
    for person in (town.prosecutor, town.chief, town.manager, parties.bureau.officer, *others):
        phone = parties.phone(person)
        for path in (
            f"/supervision-opinions/{opinion['id']}",
            "/supervision-opinions",
            f"{activity}/opinions",
            activity,
            "/tasks",
        ):
            assert SAID not in phone.get(path).get_data(as_text=True), (person.id, path)
        assert phone.get(f"/supervision-opinions/{opinion['id']}").status_code == 404
    assert parties.get(author, f"/supervision-opinions/{opinion['id']}")["words"] == SAID


def test_an_intended_non_prosecution_from_the_request_to_the_chiefs_decision(  # noqa: PLR0915  # one way, walked to its end
    parties: Parties, tmp_path: Path
) -> None:
    town, organ = parties.town, parties.bureau.officer
    handler, manager, chief = town.prosecutor, town.manager, town.chief
    prosecution, proposal = intended(parties)
    case = prosecution.case

    # The handler is told that supervisors shall be invited, and plans both at once.
    found = parties.get(handler, f"/cases/{case.id}/supervision-grounds")
    assert [one["ground"] for one in found["items"]] == ["non_prosecution_review"]
    assert "应当邀请人民监督员" in found["hint"]
    assert (found["room"]["fits"], found["room"]["earliest_on"]) == (True, "2026-03-09")
    hearing = (
        f"/public-hearings/{parties.post(handler, '/public-hearings', hearing_of(case))['id']}"
    )
    told = parties.put(handler, hearing, "activity", {"title": TITLE, "form": "either"})
    activity = f"/activities/{told['activity']['id']}"
    parties.put(handler, hearing, "notice", {})
    assert parties.phone(organ).get(activity).status_code == HTTPStatus.NOT_FOUND
    assert parties.tasks(manager) == {"send_supervision_request"}

    # Five working days before, on the last day, case management sends the request.
    sent = parties.put(manager, activity, "request", {})
    assert (sent["notice_by_on"], sent["consent_awaited"]) == ("2026-03-02", False)
    seen = parties.get(organ, activity)
    assert (seen["case"], seen["ground"], seen["wanted"]) == (None, None, 2)
    assert parties.tasks(organ) == {"answer_supervision_request"}

    # The draw, watched, held, and run again by anybody.
    parties.at(utc(3, 3, 2))
    draw = parties.drawn(activity)
    parties.runs_again(manager, draw, tmp_path)
    first, second = parties.asked(activity)
    declined = {"accepted": False, "reason": "出差在外。"}
    parties.put(first, parties.invitation(first, activity), "answer", declined)
    (_, third) = parties.asked(activity)
    parties.accepts(third, activity)
    parties.at(utc(3, 4, 2, 1))
    assert parties.asked(activity, "lapsed") == [second]
    late = parties.refused(second, parties.invitation(second, activity), "answer", declined)
    assert late[:2] == (HTTPStatus.CONFLICT, "wrong-state")
    (fourth,) = parties.asked(activity)
    parties.accepts(fourth, activity)
    assert parties.get(handler, activity)["state"] == "staffed"
    assert parties.tasks(handler) == {"hold_activity", "hold_public_hearing"}

    # The packet: chosen by the handler, looked at and released by case management.
    begun = parties.post(handler, "/packets", {"activity_id": told["activity"]["id"]})
    packet = f"/packets/{begun['id']}"
    version = parties.get(handler, packet)["version"]
    parties.post(handler, f"{packet}/documents", {"source": "facts"}, version)
    parties.put(handler, packet, "redaction")
    draft = parties.get(manager, f"{packet}/draft")
    assert CANARY in draft["documents"][0]["words"]
    assert CANARY not in draft["documents"][0]["shown"]
    assert SHOP in draft["documents"][0]["shown"]
    parties.post(manager, f"{packet}/masks", {"word": SHOP}, draft["version"])
    parties.put(manager, packet, "check")
    window = {"open_from": utc(3, 7, 1).isoformat(), "open_until": ENDS.isoformat()}
    parties.put(manager, packet, "release", window)
    early = parties.phone(third).get(f"{packet}/pages/1")
    assert (early.status_code, body_of(early)["type"]) == (409, "/problems/not-yet-open")

    # Read on the phone on which it was signed, and on no other.
    parties.at(utc(3, 7, 2))
    for reader in (third, fourth):
        assert "read_packet" in parties.tasks(reader)
        page = parties.get(reader, f"{packet}/pages/1")
        assert page["watermark"].startswith(reader.name)
        assert not any(name in line for line in page["paragraphs"] for name in (CANARY, SHOP))
        assert parties.tasks(reader) == NOTHING
    elsewhere = parties.phones.of(third).get(f"{packet}/pages/1")
    assert (elsewhere.status_code, body_of(elsewhere)["type"]) == (403, "/problems/other-device")
    assert parties.phone(second).get(f"{packet}/pages/1").status_code == HTTPStatus.NOT_FOUND

    # On the morning one steps aside: the hearing is not opened before another has accepted.
    parties.at(utc(3, 9, 0))
    own = parties.invitation(fourth, activity)
    parties.put(fourth, own, "recusal", {"because": "near_relative"})
    (fifth,) = parties.asked(activity)
    plan = parties.get(handler, hearing)
    there = {name: [one["id"] for one in plan[name]] for name in ("officers", "parties")}
    no = parties.refused(handler, hearing, "opening", there)
    assert no[:2] == (HTTPStatus.CONFLICT, "supervisors-not-invited")
    assert no[2]["article"] == "PSUP-2019 9"
    parties.accepts(fifth, activity)
    parties.at(utc(3, 9, 0, 30))
    parties.get(fifth, f"{packet}/pages/1")
    assert parties.phone(fourth).get(f"{packet}/pages/1").status_code == HTTPStatus.NOT_FOUND
    publication = parties.runs_again(fifth, draw, tmp_path)
    invited = {parties.supervisors[one.id].id for one in (third, fifth)}
    assert set(publication["invited"]) == invited

    # Held: most officers vote against the intention, and the chief lets it be departed from.
    parties.at(STARTS)
    parties.put(handler, hearing, "opening", there)
    parties.came(activity, third, fifth)
    assert parties.get(handler, activity)["state"] == "under_way"
    parties.put(handler, hearing, "deliberation")
    positions = zip(there["officers"], ("disagree", "disagree", "agree"), strict=True)
    votes = [
        {"officer_id": one, "position": position, "opinion": "理由充分。"}
        for one, position in positions
    ]
    assert parties.put(handler, hearing, "votes", {"opinions": votes})["majority"] == "disagree"
    parties.at(ENDS)
    signed = {"record": "听证笔录。", "signed": there["officers"]}
    parties.put(handler, hearing, "conclusion", signed)
    assert parties.get(handler, activity)["state"] == "ended"
    gone = parties.phone(third).get(f"{packet}/pages/1")
    assert gone.status_code == HTTPStatus.GONE
    departed = {"following": "departed", "result": "仍拟不起诉。", "reasons": "与在案证据不符。"}
    parties.put(handler, hearing, "result", departed)
    assert parties.tasks(chief) == {"consent_to_departure"}
    parties.put(chief, hearing, "consent", {"consent": "given", "note": "同意。"})
    parties.put(handler, hearing, "announcement")

    # One opinion is in, and read by nobody; the decision on the case waits for none of it.
    parties.at(utc(3, 9, 6))
    assert parties.tasks(third) == parties.tasks(fifth) == {"give_supervision_opinion"}
    sealed = parties.gives(third, activity, SAID)
    assert not sealed["is_unsealed"]
    nobody_reads(parties, activity, sealed, third)
    parties.put(chief, proposal, "decision", {"outcome": "approve"})
    decided = parties.get(handler, f"/prosecutions/{prosecution.id}")
    assert decided["state"] == "not_prosecuted"
    opinion = f"/supervision-opinions/{sealed['id']}"
    assert parties.phone(chief).get(opinion).status_code == HTTPStatus.NOT_FOUND

    # The last one opens both; adopted or explained; receipted or objected to.
    parties.at(utc(3, 10, 1))
    last = parties.gives(fifth, activity, "赔偿尚未到位，不宜不起诉。")
    assert last["is_unsealed"]
    counted = parties.get(handler, f"{activity}/opinions")
    assert (counted["given"], counted["expected"], len(counted["opinions"])) == (2, 2, 2)
    filed = parties.all(handler, f"/cases/{case.id}/supervision-opinions")
    assert {one["words"] for one in filed} == {SAID, "赔偿尚未到位，不宜不起诉。"}
    one, other = (f"/supervision-opinions/{id_}" for id_ in (sealed["id"], last["id"]))
    parties.put(handler, one, "answer", {"adoption": "adopted"})
    empty = parties.refused(handler, other, "answer", {"adoption": "not_adopted"})
    assert empty[:2] == (HTTPStatus.UNPROCESSABLE_ENTITY, "adoption-reasons-missing")
    explained = {"adoption": "not_adopted", "reasons": "赔偿已于三月五日到位。"}
    parties.put(handler, other, "answer", explained)
    parties.put(third, one, "receipt")
    parties.put(fifth, other, "objection", {"words": "尚未见到收据。"})

    # Three working days after it the organ is told; the chief's decision closes the matter.
    parties.at(utc(3, 12, 1))
    (report,) = (
        one for one in parties.all(manager, "/tasks") if one["kind"] == "report_performance"
    )
    assert report["due_on"] == "2026-03-12"
    parties.reports(activity)
    read = parties.get(organ, f"{activity}/performance-report")
    assert [line["conduct"] for line in read["lines"]] == ["diligent", "diligent"]
    assert parties.get(organ, activity)["state"] == "ended"
    ruling = {"ruling": "upheld", "reasons": "收据已在卷，答复成立。"}
    assert parties.put(chief, other, "objection-decision", ruling)["is_open"] is False
    assert parties.get(organ, activity)["state"] == "closed"

    # Nobody has anything left to do, and no party has read what is not theirs.
    everybody = (handler, manager, chief, organ, *(s.person for s in parties.supervisors.values()))
    for person in everybody:
        assert parties.tasks(person) == NOTHING, person.id
    for person in (organ, third, fifth):
        for path in (
            "/tasks?state=done",
            "/activities",
            activity,
            "/supervision-opinions",
            "/inbox",
        ):
            told_ = parties.phone(person).get(path).get_data(as_text=True)
            assert CANARY not in told_, path
            assert case.number not in told_, path
    nothing_said(parties.make, CANARY, SHOP, SAID, handler.name)


def nothing_said(make: Make, *words: str) -> None:
    """The journal holds ids and codes only."""
    for entry in make.session.scalars(select(JournalEntry)):
        assert not any(word in str(entry.details) for word in words), entry.kind


def test_three_working_days_with_the_organs_consent_and_one_supervisor_who_says_nothing(
    parties: Parties,
) -> None:
    town, organ, manager = parties.town, parties.bureau.officer, parties.town.manager
    case = parties.make.handled(town, parties.make.suspect(name=CANARY))
    parties.phones.set_clock(utc(3, 4, 2))
    planned = activity_of(case, ground="non_prosecution_review")
    activity = f"/activities/{parties.post(town.prosecutor, '/activities', planned)['id']}"

    short = parties.refused(manager, activity, "request", {})
    assert short[:2] == (HTTPStatus.UNPROCESSABLE_ENTITY, "short-notice-reason-missing")
    assert short[2]["short_notice_by_on"] == "2026-03-04"
    parties.put(manager, activity, "request", {"reason": "相关期限即将届满。"})
    version = parties.get(organ, activity)["version"]
    awaited = parties.phone(organ).send("POST", f"{activity}/draw", None, version)
    assert body_of(awaited)["type"] == "/problems/consent-missing"
    parties.put(organ, activity, "consent")
    parties.drawn(activity)
    spoken, silent = parties.asked(activity)
    for one in (spoken, silent):
        parties.accepts(one, activity)
    held(parties, activity)
    given = parties.gives(spoken, activity, SAID)

    parties.at(ENDS + timedelta(hours=47, minutes=59))
    nobody_reads(parties, activity, given, spoken)
    parties.at(ENDS + timedelta(hours=48, minutes=1))
    opened = parties.get(town.prosecutor, f"{activity}/opinions")
    assert (opened["given"], opened["expected"], opened["is_unsealed"]) == (1, 2, True)
    own = parties.invitation(silent, activity)
    late = parties.phone(silent).send(
        "PUT",
        f"{own}/opinion",
        {name: {"view": "agree"} for name in ("facts", "evidence", "handling")}
        | {"overall": "agree"},
    )
    assert body_of(late)["type"] == "/problems/opinions-late"

    opinion = f"/supervision-opinions/{given['id']}"
    parties.put(town.prosecutor, opinion, "answer", {"adoption": "adopted"})
    parties.reports(activity)
    assert parties.get(organ, activity)["state"] == "ended"
    # Five working days of silence are written down as silence, and close it.
    parties.at(utc(3, 19, 2))
    assert parties.get(spoken, opinion)["state"] == "unreceipted"
    assert parties.get(organ, activity)["state"] == "closed"
    for person in (town.prosecutor, manager, organ, spoken, silent):
        assert parties.tasks(person) == NOTHING, person.id


def test_the_case_changes_hands_twice_before_it_is_answered(parties: Parties) -> None:
    town, manager = parties.town, parties.town.manager
    second, third = (parties.make.person(PostKind.PROSECUTOR, town.procuratorate) for _ in range(2))
    case = parties.make.handled(town, parties.make.suspect(name=CANARY))
    activity = (
        f"/activities/{parties.post(town.prosecutor, '/activities', activity_of(case))['id']}"
    )
    packet = parties.post(
        town.prosecutor, "/packets", {"activity_id": int(activity.rsplit("/", 1)[-1])}
    )
    path = f"/packets/{packet['id']}"
    parties.put(manager, activity, "request", {})
    parties.drawn(activity)
    (one, other) = parties.asked(activity)
    for person in (one, other):
        parties.accepts(person, activity)
    assert parties.tasks(town.prosecutor) == {"prepare_packet", "hold_activity"}

    # Handed over: packet and activity go with the case, and the first handler reads neither.
    body = {"handler_id": second.id, "reason": "工作调整。", "approver_id": town.chief.id}
    parties.put(manager, f"/cases/{case.id}", "handler", body)
    assert parties.tasks(town.prosecutor) == NOTHING
    assert parties.tasks(second) == {"prepare_packet", "hold_activity"}
    for closed in (activity, path):
        assert parties.phone(town.prosecutor).get(closed).status_code == HTTPStatus.NOT_FOUND
    version = parties.get(second, path)["version"]
    parties.post(second, f"{path}/documents", {"source": "facts"}, version)
    parties.put(second, path, "redaction")
    parties.put(manager, path, "check")
    parties.at(STARTS)
    parties.put(second, activity, "beginning")
    parties.came(activity, one, other)
    parties.at(ENDS)
    parties.put(second, activity, "end")
    given = [parties.gives(person, activity, SAID) for person in (one, other)]
    assert parties.tasks(second) == {"answer_supervision_opinion"}

    # Recused while the opinions wait: whoever is given the case answers them.
    version = parties.get(town.chief, f"/cases/{case.id}")["version"]
    recusal = {"person_id": second.id, "ground": "interest"}
    reply = parties.phone(town.chief).send("POST", f"/cases/{case.id}/recusals", recusal, version)
    assert reply.status_code == HTTPStatus.NO_CONTENT, reply.get_json()
    assert parties.tasks(second) == NOTHING
    opinion = f"/supervision-opinions/{given[0]['id']}"
    assert parties.phone(second).get(opinion).status_code == HTTPStatus.NOT_FOUND
    anew = {
        "mode": "designated",
        "handler_id": third.id,
        "reason": "承办检察官回避。",
        "approver_id": town.chief.id,
    }
    parties.put(manager, f"/cases/{case.id}", "assignment", anew)
    assert parties.tasks(third) == {"answer_supervision_opinion"}
    for said in given:
        path = f"/supervision-opinions/{said['id']}"
        parties.put(third, path, "answer", {"adoption": "adopted"})
    assert parties.tasks(third) == NOTHING


def test_supervisors_come_to_a_quality_review_from_the_sampling_to_the_correction(
    parties: Parties,
) -> None:
    town, make, manager = parties.town, parties.make, parties.town.manager
    reviewer = make.person(PostKind.PROSECUTOR, town.procuratorate)
    case = make.handled(town, make.suspect(name=CANARY))
    for one in make.session.scalars(select(ArrestReview).where(ArrestReview.case_id == case.id)):
        one.state = ReviewState.RELEASED
    case.state = CaseState.CLOSED
    make.session.flush()

    planned = activity_of(None, kind="quality_review", title="案件质量评查", wanted=1)
    made = parties.post(manager, "/activities", planned)
    activity = f"/activities/{made['id']}"
    year = {
        "kind": "routine",
        "scope": "one_year",
        "closed_from_on": "2026-01-01",
        "closed_until_on": "2026-12-31",
        "number": 1,
        "reviewers_from": "own_office",
    }
    sampling = f"/quality-samplings/{parties.post(manager, '/quality-samplings', year)['id']}"
    parties.put(manager, sampling, "activity", {"activity_id": made["id"]})
    parties.put(manager, activity, "request", {})
    parties.drawn(activity)
    (supervisor,) = parties.asked(activity)
    parties.accepts(supervisor, activity)

    drawn = parties.put(manager, sampling, "draw", {})
    assert drawn["state"] == "drawn"
    (task,) = (one for one in parties.all(reviewer, "/tasks") if one["kind"] == "review_quality")
    review = f"/quality-reviews/{task['about_id']}"
    for person in (supervisor, parties.bureau.officer, town.prosecutor):
        assert parties.phone(person).get(review).status_code == HTTPStatus.NOT_FOUND
    parties.put(reviewer, review, "start")
    found = {
        "item": "documents",
        "words": "审查报告漏列证据。",
        "points_off": 2,
        "correction": "补正并附卷。",
    }
    parties.put(reviewer, review, "findings", {"findings": [found]})

    # The supervisor comes and speaks; case management answers, for there is no handler.
    parties.at(STARTS)
    parties.put(manager, activity, "beginning")
    parties.came(activity, supervisor)
    parties.at(ENDS)
    parties.put(manager, activity, "end")
    given = parties.gives(supervisor, activity, SAID)
    assert given["is_unsealed"]
    opinion = f"/supervision-opinions/{given['id']}"
    parties.put(manager, opinion, "answer", {"adoption": "adopted"})
    parties.put(supervisor, opinion, "receipt")
    parties.reports(activity)
    assert parties.get(parties.bureau.officer, activity)["state"] == "closed"

    # No word of it has set a grade: reviewer, handler and chief do that.
    grade = {"grade": "basically_qualified", "words": "基本合格。"}
    parties.put(reviewer, review, "proposal", grade)
    parties.put(manager, review, "notice")
    parties.put(town.prosecutor, review, "objection", {"reasons": "已在补充卷列明。"})
    decision = {"outcome": "dismissed"} | grade
    parties.put(town.chief, review, "objection-decision", decision)
    (fix,) = parties.all(town.prosecutor, "/quality-corrections?state=open")
    assert date.fromisoformat(fix["due_on"]) == date(2026, 3, 23)
    for person, step, body in (
        (town.prosecutor, "done", {"words": "已补正。"}),
        (manager, "verification", None),
    ):
        (fix,) = parties.all(person, "/quality-corrections")
        path = f"/quality-corrections/{fix['id']}/{step}"
        reply = parties.phone(person).send("PUT", path, body, fix["version"])
        assert reply.status_code == HTTPStatus.OK, reply.get_json()
    for person in (reviewer, town.prosecutor, town.chief, manager, supervisor):
        assert parties.tasks(person) == NOTHING, person.id
