"""Nothing is readable before the undertaking of secrecy is signed, on the phone one reads on."""

from datetime import timedelta

import pytest

from services import devices, invitations
from services.activities import ActivityState
from services.devices import Device, Platform
from services.invitations import Attending, Invitation, InvitationState
from services.invitations.operations import AttendanceTooEarly, DeviceNotEnrolled
from services.kernel.act import Act, Actor
from services.kernel.clock import machine_now
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.sessions import SignInSession
from tests.invitations.conftest import Panel

EDITION = invitations.undertaking.CURRENT.edition


def _on_a_phone(panel: Panel, one: Invitation) -> tuple[Act, SignInSession]:
    make = panel.make
    opened = SignInSession(
        person_id=one.person_id, opened_at=machine_now(), renewed_at=machine_now()
    )
    make.session.add(opened)
    make.session.flush()
    posts = make.act(one.supervisor.person).actor.posts
    return make.act(Actor(one.person_id, posts, opened.id)), opened


def _accepted(panel: Panel) -> Invitation:
    one = panel.asked[0]
    act = panel.make.act(one.supervisor.person)
    return invitations.accept(act, one, attending=Attending.PRESENT)


def _enrolled(act: Act, opened: SignInSession, token: str) -> Device:
    return devices.register(act, opened, platform=Platform.WEB, token=token)


def test_it_is_signed_on_an_enrolled_phone_and_opens_the_reading(panel: Panel) -> None:
    one = _accepted(panel)
    act, opened = _on_a_phone(panel, one)
    with pytest.raises(DeviceNotEnrolled):
        invitations.undertake(act, one, edition=EDITION)
    assert not invitations.may_read(act, one)
    device = _enrolled(act, opened, "t-1")

    invitations.undertake(act, one, edition=EDITION)

    assert (one.undertaking, one.undertook_at, one.device_id) == (EDITION, act.now, device.id)
    assert invitations.may_read(act, one)
    assert not invitations.may_read(panel.make.act(panel.town.manager), one)


def test_a_phone_of_another_session_does_not_do(panel: Panel) -> None:
    one = _accepted(panel)
    elsewhere, opened = _on_a_phone(panel, one)
    _enrolled(elsewhere, opened, "t-2")
    act, _ = _on_a_phone(panel, one)

    with pytest.raises(DeviceNotEnrolled):
        invitations.undertake(act, one, edition=EDITION)


def test_signing_again_on_another_phone_moves_the_reading_there(panel: Panel) -> None:
    one = _accepted(panel)
    first, opened = _on_a_phone(panel, one)
    _enrolled(first, opened, "t-3")
    invitations.undertake(first, one, edition=EDITION)
    second, opened = _on_a_phone(panel, one)
    device = _enrolled(second, opened, "t-4")

    invitations.undertake(second, one, edition=EDITION)

    assert one.device_id == device.id


def test_it_is_signed_by_oneself_after_accepting_and_in_the_text_in_force(panel: Panel) -> None:
    one = panel.asked[0]
    act, opened = _on_a_phone(panel, one)
    _enrolled(act, opened, "t-5")
    with pytest.raises(WrongState):
        invitations.undertake(act, one, edition=EDITION)
    _accepted(panel)
    with pytest.raises(NotFound):
        invitations.undertake(act, one, edition="1999-1")
    with pytest.raises(NotAllowed):
        invitations.undertake(panel.make.act(panel.town.manager), one, edition=EDITION)


def test_the_text_says_what_is_kept_secret_in_plain_words() -> None:
    text = "".join(invitations.undertaking.CURRENT.lines)

    for secret in ("国家秘密", "商业秘密", "隐私", "未成年人", "没有公开的案件信息"):
        assert secret in text
    assert invitations.undertaking.EDITIONS[EDITION] is invitations.undertaking.CURRENT


def test_who_came_is_noted_when_the_activity_has_begun(panel: Panel) -> None:
    make, (first, second) = panel.make, panel.asked
    for one in (first, second):
        own = make.act(one.supervisor.person)
        invitations.accept(own, one, attending=Attending.PRESENT)
    with pytest.raises(AttendanceTooEarly):
        invitations.mark_attended(make.act(panel.town.manager), first)
    begun = panel.activity.starts_at + timedelta(minutes=5)
    for person in (panel.bureau.officer, first.supervisor.person, make.town().manager):
        with pytest.raises(NotAllowed):
            invitations.mark_attended(make.act(person, begun), first)
        with pytest.raises(NotAllowed):
            invitations.mark_absent(make.act(person, begun), first)

    act = make.act(panel.town.prosecutor, begun)
    invitations.mark_attended(act, first)
    invitations.mark_absent(act, second)

    assert (first.state, second.state) == (InvitationState.ATTENDED, InvitationState.ABSENT)
    assert invitations.attended(make.session, panel.activity) == [first]
    with pytest.raises(WrongState):
        invitations.mark_attended(act, first)
    assert panel.stands(ActivityState.STAFFED)
