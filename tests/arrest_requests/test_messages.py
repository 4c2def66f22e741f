"""What people hear of an arrest request: the right ones, in words that stay inside the app."""

import pytest

from notifications import arrest_requests as told
from notifications import cases as told_of_cases
from notifications.messages import NOTICES
from services import arrest_requests
from services.arrest_requests import (
    ArrestRequest,
    ArrestRequestCorrected,
    ArrestRequestSubmitted,
    JurisdictionDoubted,
    SupplementAnswered,
    SupplementRequested,
    Suspect,
)
from services.kernel.act import Event
from services.offices import Office
from services.policy import PostKind
from tests.arrest_requests.conftest import Desk
from tests.make import Make


def request(*names: str) -> ArrestRequest:
    return ArrestRequest(
        id=7,
        document_number="青公提捕字〔2026〕15号",
        office=Office(name="青石区公安局"),
        suspects=[Suspect(name=name) for name in names],
    )


def test_case_management_reads_whose_arrest_is_asked() -> None:
    message = told.arrest_request_submitted(ArrestRequestSubmitted(7, 2, 1), request("赵某甲"))

    assert message.title == "收到提请批准逮捕"
    assert message.body == (
        "青石区公安局提请批准逮捕赵某甲（青公提捕字〔2026〕15号），"
        "请立即审查受理，审查逮捕期限已开始计算。"
    )
    assert message.link == "/arrest-requests/7"


def test_many_suspects_are_counted() -> None:
    four = request("赵某", "钱某", "孙某", "李某")

    assert (
        "赵某、钱某、孙某等4人" in told.supplement_answered(SupplementAnswered(7, 1, 1), four).body
    )
    three = told.arrest_request_corrected(ArrestRequestCorrected(7, 1), request("甲", "乙", "丙"))
    assert "甲、乙、丙的提请" in three.body


@pytest.mark.parametrize(
    ("event", "hears"),
    [
        (ArrestRequestSubmitted, {"manager"}),
        (ArrestRequestCorrected, {"manager"}),
        (SupplementRequested, {"officer", "colleague"}),
        (SupplementAnswered, {"manager"}),
        (JurisdictionDoubted, {"chief", "head"}),
    ],
)
def test_each_event_reaches_whoever_has_to_act(
    desk: Desk, make: Make, event: type[Event], hears: set[str]
) -> None:
    make.town()
    people = {
        "colleague": make.person(PostKind.POLICE_OFFICER, desk.town.police),
        "head": make.person(PostKind.DEPARTMENT_HEAD, desk.town.procuratorate),
        "officer": desk.town.officer,
        "manager": desk.town.manager,
        "chief": desk.town.chief,
    }

    reached = NOTICES[event.__name__].to.people(make.session, desk.received())

    assert reached == {people[name].id for name in hears}


def test_acceptance_is_told_once_with_the_cases_number() -> None:
    assert "ArrestRequestAccepted" not in NOTICES
    assert NOTICES["CaseAccepted"].write is told_of_cases.case_accepted


def test_the_words_of_a_real_request_render(desk: Desk) -> None:
    received = desk.received()
    doubt = arrest_requests.record_jurisdiction_doubt(
        desk.act(desk.town.manager), received, grounds="犯罪地不在本辖区。"
    )

    message = told.jurisdiction_doubted(JurisdictionDoubted(received.id, doubt.id), received)

    assert "赵某甲" in message.body
    assert "犯罪地" not in message.body
