"""Accounts: entered by the administrator without a password, kept by their office's officers."""

import pytest
from sqlalchemy.orm import Session

from services import people
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.people import Sex, UsernameTaken, password_fits
from services.policy import Permission, PostKind, allows
from tests.make import PASSWORD, Make
from tests.phones import Phones


def test_nobody_can_sign_in_to_a_new_account_yet(make: Make) -> None:
    office = make.office()
    act = make.act(make.person(PostKind.ADMINISTRATOR, office))
    person = people.enter(act, office, username="lin.qing", name="林某", sex=Sex.FEMALE)
    assert person.office_id == office.id
    assert not password_fits(person, PASSWORD)
    with pytest.raises(UsernameTaken):
        people.enter(act, office, username="lin.qing", name="别人", sex=None)


@pytest.mark.parametrize("post", [PostKind.SECURITY_OFFICER, PostKind.AUDITOR, None])
def test_nobody_else_enters_or_corrects_one(make: Make, post: PostKind | None) -> None:
    office = make.office()
    somebody = make.person(office_id=office.id)
    elsewhere = make.person(PostKind.ADMINISTRATOR)
    for person in (make.person(post, office), elsewhere):
        act = make.act(person)
        with pytest.raises(NotAllowed):
            people.enter(act, office, username="lin.qing", name="林某", sex=None)
        with pytest.raises(NotAllowed):
            people.correct(act, somebody, name="改名", sex=None)


def test_what_the_register_says_is_put_right_by_another(make: Make) -> None:
    office = make.office()
    administrator = make.person(PostKind.ADMINISTRATOR, office)
    somebody = make.person(office_id=office.id)
    act = make.act(administrator)
    assert people.correct(act, somebody, name="更正", sex=Sex.MALE).name == "更正"
    with pytest.raises(NotAllowed):
        people.correct(act, administrator, name="自改", sex=None)


def test_one_sees_the_accounts_that_ones_office_keeps(make: Make, session: Session) -> None:
    office = make.office()
    police = make.office(OfficeKind.PUBLIC_SECURITY, procuratorate_id=office.id)
    everybody = [
        make.person(post, at)
        for post in (PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER, PostKind.AUDITOR)
        for at in (office, police, make.office())
    ]
    for person in everybody:
        act = make.act(person)
        seen = {one.id for one in session.scalars(people.visible(act))}
        assert seen == {
            one.id for one in everybody if allows(act.actor, Permission.PERSON_READ, one)
        }
    with pytest.raises(NotFound):
        people.find(make.act(everybody[2]), everybody[0].id)


def test_an_account_is_found_by_a_part_of_a_name(make: Make, session: Session) -> None:
    office = make.office()
    act = make.act(make.person(PostKind.ADMINISTRATOR, office))
    lin = make.person(name="林某青", username="lin.qing", office_id=office.id)
    make.person(name="百分%号", username="other", office_id=office.id)

    def found(words: str) -> list[int]:
        return [one.id for one in session.scalars(people.called(people.visible(act), words))]

    assert found("某") == [lin.id]
    assert found("LIN.Q") == [lin.id]
    assert len(found("%")) == 1


def test_accounts_posts_and_their_end_over_http(phones: Phones, make: Make) -> None:
    """From an account without a post to a post held, and to the end of both."""
    office = make.office()
    administrator = phones.of(make.person(PostKind.ADMINISTRATOR, office))
    security = phones.of(make.person(PostKind.SECURITY_OFFICER, office))
    new = {"office_id": office.id, "username": "lin.qing", "name": "林某"}
    entered = administrator.send("POST", "/accounts", new)
    assert entered.status_code == 201, entered.json
    assert entered.json is not None
    account = f"/accounts/{entered.json['id']}"
    changed = administrator.send("PATCH", account, {"sex": "female"})
    assert changed.json is not None
    assert (changed.json["sex"], changed.json["name"]) == ("female", "林某")
    assert administrator.send("PATCH", account, {"password_hash": "x"}).status_code == 422
    assert security.send("PATCH", account, {"name": "改"}).status_code == 403

    proposal = {
        "person_id": entered.json["id"],
        "office_id": office.id,
        "kind": "prosecutor",
        "from_on": make.now.date().isoformat(),
    }
    proposed = administrator.send("POST", "/appointments", proposal)
    assert proposed.status_code == 201, proposed.json
    assert proposed.json is not None
    assert (proposed.json["may_answer"], proposed.json["may_withdraw"]) == (False, True)
    path = f"/appointments/{proposed.json['id']}"
    tasks = security.get("/tasks").json
    assert tasks is not None
    assert [task["kind"] for task in tasks["items"]] == ["confirm_appointment"]
    assert tasks["items"][0]["suspects"] == ["林某"]
    assert administrator.send("PUT", f"{path}/confirmation", version=1).status_code == 403
    done = security.send("PUT", f"{path}/confirmation", version=proposed.json["version"])
    assert done.status_code == 200, done.json
    read = security.get(account).json
    assert read is not None
    (post,) = read["posts"]
    assert (post["kind"], post["office"]["id"]) == ("prosecutor", office.id)
    for listed in ("/accounts?words=林", "/appointments?state=confirmed", "/posts"):
        page = security.get(listed).json
        assert page is not None
        assert page["items"], listed

    ended = security.send("PUT", f"/posts/{post['id']}/ending", {"reason": "transferred"})
    assert ended.status_code == 200, ended.json
    closed = security.send("PUT", f"{account}/closing")
    assert closed.json is not None
    assert closed.json["disabled_at"] is not None
    stranger = phones.of(make.person(PostKind.ADMINISTRATOR))
    assert stranger.get(account).status_code == 404
    assert stranger.get(path).status_code == 404
