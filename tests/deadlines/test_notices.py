"""The calendar that administrators load: what is taken, by whom, and what follows from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sa_event
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from api.identity import access_token
from notifications.calendar_notices import CONTROLLERS
from services.deadlines import notices
from services.deadlines.engine.announced import Announced, faults_of, read
from services.deadlines.engine.calendar import bundled_notices, state_council_calendar
from services.deadlines.notices import (
    CalendarEdition,
    CalendarNotice,
    NewNotice,
    NoticeFaulty,
    NoticeKnown,
    NoticePending,
    NoticeState,
    Recalculation,
    calendar_of,
)
from services.kernel.act import Act, JournalEntry
from services.kernel.clock import machine_now
from services.kernel.flow import WrongState
from services.kernel.refusals import NotAllowed, NotFound
from services.people import Person
from services.policy import READING, PostKind
from services.sessions import NOBODY, SignInSession
from tests.deadlines.year_2027 import WORDING_2027, YEAR_2027, days, notice_2027
from tests.make import Make

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
_KEYS = count(1)


@dataclass(frozen=True)
class Controllers:
    """Two people who may load the calendar, and one who may not."""

    first: Person
    second: Person
    prosecutor: Person


@pytest.fixture
def controllers(make: Make) -> Controllers:
    office = make.office()
    return Controllers(
        make.person(PostKind.ADMINISTRATOR, office),
        make.person(PostKind.SECURITY_OFFICER, office),
        make.person(PostKind.PROSECUTOR, office),
    )


@pytest.fixture
def first(make: Make, controllers: Controllers) -> Act:
    return make.act(controllers.first, NOW)


@pytest.fixture
def second(make: Make, controllers: Controllers) -> Act:
    return make.act(controllers.second, LATER)


def proposed(act: Act, given: NewNotice = YEAR_2027) -> CalendarNotice:
    notice = notices.propose(act, given)
    act.session.flush()
    return notice


def faults(act: Act, given: NewNotice) -> list[tuple[str, str]]:
    """Pointer and code of every fault for which a notice is refused."""
    with pytest.raises(NoticeFaulty) as refused:
        notices.propose(act, given)
    return [(one["pointer"], one["code"]) for one in refused.value.members["errors"]]


# Two people


def test_a_notice_counts_once_a_second_person_has_confirmed_it(first: Act, second: Act) -> None:
    notice = proposed(first)
    assert notice.state is NoticeState.PROPOSED
    assert not calendar_of(first.session).knows(date(2027, 2, 8))

    notices.confirm(second, notice)

    calendar = calendar_of(first.session)
    assert calendar.knows(date(2027, 2, 8))
    assert not calendar.is_working(date(2027, 2, 8))
    assert calendar.is_working(date(2027, 2, 20))
    assert calendar.papers[-1] == YEAR_2027.page
    assert (notice.state, notice.decided_by) == (NoticeState.CONFIRMED, second.actor.id)


def test_nobody_confirms_or_rejects_the_own_notice(make: Make, first: Act) -> None:
    notice = proposed(first)

    for step in (notices.confirm, notices.reject):
        with pytest.raises(NotAllowed):
            step(first, notice)
    assert notices.allowed(first, notice) == []
    notice.state, notice.decided_by = NoticeState.CONFIRMED, first.actor.id
    notice.decided_at = NOW
    with pytest.raises(IntegrityError, match="calendar_notices_four_eyes"):
        make.session.flush()


def test_only_administrators_type_in_and_only_controllers_confirm(
    make: Make, controllers: Controllers, first: Act, second: Act
) -> None:
    stranger = make.act(controllers.prosecutor, NOW)
    with pytest.raises(NotAllowed):
        notices.propose(stranger, YEAR_2027)
    with pytest.raises(NotAllowed):
        notices.propose(second, YEAR_2027)
    notice = proposed(first)
    with pytest.raises(NotAllowed):
        notices.confirm(stranger, notice)
    assert notices.allowed(stranger, notice) == []
    assert notices.allowed(second, notice) == ["confirm", "reject"]


def test_a_rejected_notice_changes_nothing_and_makes_room_for_another(
    first: Act, second: Act
) -> None:
    notices.reject(second, proposed(first))
    assert calendar_of(first.session) == state_council_calendar()
    assert first.session.scalar(select(func.count(CalendarEdition.id))) == 0

    again = proposed(first)
    assert again.revision == 2
    for step in (notices.confirm, notices.reject):
        step(second, again)
        break
    for step in (notices.confirm, notices.reject):
        with pytest.raises(WrongState):
            step(second, again)


def test_one_notice_of_a_year_waits_at_a_time(first: Act) -> None:
    proposed(first)
    with pytest.raises(NoticePending):
        notices.propose(first, notice_2027(number="国办发明电〔2026〕10号"))


def test_what_is_known_is_not_loaded_again(first: Act, second: Act) -> None:
    known = bundled_notices()[2026]
    same = notice_2027(
        year=2026,
        off=tuple(map(date.fromisoformat, reversed(known["off"]))),
        work=tuple(map(date.fromisoformat, known["work"])),
    )
    with pytest.raises(NoticeKnown):
        notices.propose(first, same)
    notices.confirm(second, proposed(first))
    with pytest.raises(NoticeKnown):
        notices.propose(first, YEAR_2027)


def test_a_later_notice_of_the_year_takes_the_place_of_the_earlier(first: Act, second: Act) -> None:
    notices.confirm(second, proposed(first))
    moved = notice_2027(work=days("01-31 02-21 05-08 09-26 10-09"))
    correction = proposed(first, moved)
    assert correction.revision == 2
    notices.confirm(second, correction)

    calendar = calendar_of(first.session)
    assert calendar.is_working(date(2027, 2, 21))
    assert not calendar.is_working(date(2027, 2, 20))
    assert first.session.scalar(select(func.count(CalendarNotice.id))) == 2


def test_what_was_known_at_a_past_instant_can_be_asked(first: Act, second: Act) -> None:
    notices.confirm(second, proposed(first))
    day = date(2027, 2, 8)

    for at, known in (
        (NOW - timedelta(days=400), False),
        (LATER - timedelta(seconds=1), False),
        (LATER, True),
    ):
        assert calendar_of(first.session, at=at).knows(day) is known


def test_a_notice_and_an_edition_are_never_rewritten(first: Act, second: Act) -> None:
    notice = notices.confirm(second, proposed(first))
    other = proposed(first, notice_2027(year=2028, off=days_2028(), work=days("01-09", 2028)))
    session, ids = first.session, {"decided": notice.id, "waiting": other.id}
    for statement in (
        "UPDATE calendar_notices SET state = 'rejected' WHERE id = :decided",
        "UPDATE calendar_notices SET off = '[]' WHERE id = :waiting",
        "DELETE FROM calendar_notices WHERE id = :waiting",
        "UPDATE calendar_editions SET known_at = now()",
        "DELETE FROM calendar_editions",
    ):
        with (
            pytest.raises(DBAPIError, match=r"decided once|append-only|permission denied"),
            session.begin_nested(),
        ):
            session.execute(text(statement), ids)


def days_2028() -> tuple[date, ...]:
    return days("01-01..01-03 01-25..02-01 04-03..04-05 05-01..05-05 06-28 10-01..10-08", 2028)


def test_a_confirmation_asks_for_the_open_periods_to_be_counted_anew(
    first: Act, second: Act
) -> None:
    notices.confirm(second, proposed(first))

    (asked,) = first.session.scalars(select(Recalculation))
    newest = first.session.scalar(select(func.max(CalendarEdition.id)))
    assert (asked.edition_id, asked.ended_at) == (newest, None)
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'recalculate'")
    assert first.session.scalar(jobs) == 1


def test_the_journal_names_the_notice_and_the_year_only(first: Act, second: Act) -> None:
    notices.confirm(second, proposed(first))
    told = first.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    kinds = [one.kind for one in told if one.kind.startswith("CalendarNotice")]
    assert kinds == ["CalendarNoticeProposed", "CalendarNoticeConfirmed"]
    assert told[-2].details == {"year": 2027}


def test_every_administrator_and_security_officer_hears_of_it(
    make: Make, controllers: Controllers, first: Act
) -> None:
    elsewhere = make.person(PostKind.ADMINISTRATOR, make.office())
    notice = proposed(first)

    told = CONTROLLERS.people(make.session, notice)
    assert {controllers.first.id, controllers.second.id, elsewhere.id} <= told
    assert controllers.prosecutor.id not in told
    assert CONTROLLERS.includes(make.act(elsewhere).actor, notice)
    assert not CONTROLLERS.includes(make.act(controllers.prosecutor).actor, notice)


def test_a_session_asks_for_the_calendar_once(session: Session) -> None:
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    connection = session.connection()
    sa_event.listen(connection, "before_cursor_execute", note)
    for _ in range(10):
        calendar_of(session)
    sa_event.remove(connection, "before_cursor_execute", note)
    assert len([one for one in asked if "calendar_editions" in one]) == 1


# What cannot be


@pytest.mark.parametrize(
    ("other", "pointer", "code"),
    [
        ({"year": 2028}, "/year", "year_out_of_turn"),
        ({"year": 2017}, "/year", "year_out_of_turn"),
        ({"off": (*YEAR_2027.off, date(2028, 1, 1))}, "/off/29", "outside_the_year"),
        ({"off": (date(2026, 12, 28), *YEAR_2027.off)}, "/off/0", "outside_the_year"),
        ({"off": (*YEAR_2027.off, date(2027, 6, 9))}, "/off/29", "named_twice"),
        ({"work": (*YEAR_2027.work, date(2027, 2, 6))}, "/make_up/5", "both_off_and_worked"),
        ({"work": (*YEAR_2027.work, date(2027, 3, 3))}, "/make_up/5", "weekday_worked"),
        (
            {"off": tuple(day for day in YEAR_2027.off if day != date(2027, 5, 2))},
            "/off",
            "fixed_day_missing",
        ),
        ({"off": (*YEAR_2027.off, *days("10-08..10-13"))}, "/off/22", "too_long_a_run"),
        (
            {"off": YEAR_2027.off[:10] + days("05-01..05-02 10-01..10-03")},
            "/off",
            "days_off_implausible",
        ),
        (
            {"wording": WORDING_2027.replace("1月31日（周日）", "1月24日（周日）")},
            "/make_up",
            "only_in_the_text",
        ),
        (
            {"wording": WORDING_2027.replace("1月31日（周日）、", "")},
            "/make_up/0",
            "not_in_the_text",
        ),
        ({"wording": WORDING_2027.replace("共9天", "共8天")}, "/wording", "text_miscounts"),
        (
            {"wording": WORDING_2027.replace("5月8日（周六）", "5月8日（周日）")},
            "/wording",
            "text_wrong_weekday",
        ),
        ({"wording": "请见附件。"}, "/wording", "text_unreadable"),
        ({"wording": WORDING_2027.replace("4月3日", "4月33日")}, "/wording", "text_unreadable"),
    ],
)
def test_what_cannot_be_is_refused_and_the_day_is_named(
    first: Act, other: dict[str, Any], pointer: str, code: str
) -> None:
    assert (pointer, code) in faults(first, notice_2027(**other))


def test_too_many_make_up_days_are_refused(first: Act) -> None:
    saturdays = tuple(date(2027, 7, 3) + timedelta(7 * n) for n in range(12))
    assert ("/make_up", "days_worked_implausible") in faults(
        first, notice_2027(work=YEAR_2027.work + saturdays)
    )


def test_two_years_may_not_contradict_each_other_at_the_turn_of_the_year(
    first: Act, second: Act
) -> None:
    work = (date(2026, 12, 31), *YEAR_2027.work)
    assert faults(first, notice_2027(work=work)) == [("/make_up/0", "weekday_worked")]
    notices.confirm(
        second, proposed(first, notice_2027(off=(*days("12-31", 2026), *YEAR_2027.off)))
    )
    known = bundled_notices()[2026]
    off = tuple(map(date.fromisoformat, known["off"]))
    work = (*map(date.fromisoformat, known["work"]), date(2026, 12, 31))
    assert ("/make_up/6", "against_another_year") in faults(
        first, notice_2027(year=2026, off=off, work=work)
    )


def test_a_confirmation_is_refused_where_the_calendar_has_changed_meanwhile(
    first: Act, second: Act
) -> None:
    known = bundled_notices()[2026]
    off = tuple(map(date.fromisoformat, known["off"]))
    worked = (*map(date.fromisoformat, known["work"]), date(2026, 12, 27))
    correction = proposed(first, notice_2027(year=2026, off=off, work=worked))
    session = first.session
    reaching = notice_2027(off=(date(2026, 12, 29), *YEAR_2027.off))
    notices.confirm(second, proposed(first, reaching))
    notices.confirm(second, correction)
    assert calendar_of(session).is_working(date(2026, 12, 27))
    assert not calendar_of(session).is_working(date(2026, 12, 29))

    last_saturday = date(2028, 12, 30)
    for_2028 = notice_2027(year=2028, off=days_2028(), work=(*days("01-09", 2028), last_saturday))
    notices.confirm(second, proposed(first, for_2028))
    notices.confirm(
        second, proposed(first, notice_2027(year=2029, off=days_2029(), work=days("02-10", 2029)))
    )
    without = proposed(first, notice_2027(year=2028, off=days_2028(), work=days("01-09", 2028)))
    reaches_back = (last_saturday, *days_2029())
    waiting = notice_2027(year=2029, off=reaches_back, work=days("02-10", 2029))
    assert ("/off/0", "against_another_year") in faults(first, waiting)
    notices.confirm(second, without)
    waiting_notice = proposed(first, waiting)
    notices.confirm(second, proposed(first, for_2028))
    with pytest.raises(NoticeFaulty):
        notices.confirm(second, waiting_notice)


def days_2029() -> tuple[date, ...]:
    return days("01-01 02-12..02-19 04-04..04-05 05-01..05-05 06-16 09-22 10-01..10-07", 2029)


# What the wording says


def test_the_wording_of_a_notice_names_the_days_that_were_typed_in(first: Act) -> None:
    told = read(WORDING_2027, 2027)
    assert told.faults == ()
    assert (sorted(told.off), sorted(told.work)) == (list(YEAR_2027.off), list(YEAR_2027.work))
    notice = proposed(first, notice_2027(wording=WORDING_2027))
    assert notice.wording == WORDING_2027


NOTICE_2025 = (
    "经党中央、国务院批准，根据2024年11月修订的《全国年节及纪念日放假办法》，自2025年1月1日起，全体公民"
    "放假的假日增加2天，春节自农历除夕起放假调休8天，国庆节自10月1日起放假调休7天，劳动节放假调休5天。"
    "一、元旦：1月1日（周三）放假1天，不调休。"
    "二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。"
    "1月26日（周日）、2月8日（周六）上班。"
    "三、清明节：4月4日（周五）至6日（周日）放假，共3天。"
    "四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。"
    "五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。"
    "六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。"
    "节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。"
)
NOTICE_2024 = (
    "一、元旦：1月1日放假，与周末连休。"
    "二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。"
    "鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。"
    "三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。"
    "四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。"
    "五、端午节：6月10日放假，与周末连休。"
    "六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。"
    "七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"
)
NOTICE_2023 = (
    "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。"
    "二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。"
    "三、清明节：4月5日放假，共1天。"
    "四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。"
    "五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。"
    "六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。"
)


@pytest.mark.parametrize(
    ("year", "wording"), [(2023, NOTICE_2023), (2024, NOTICE_2024), (2025, NOTICE_2025)]
)
def test_the_notices_own_words_give_the_days_of_our_data(year: int, wording: str) -> None:
    told = read(wording, year)
    known = bundled_notices()[year]
    assert told.faults == ()
    assert sorted(map(str, told.off)) == known["off"]
    assert sorted(map(str, told.work)) == known["work"]


def test_a_correction_may_name_only_what_it_changes(first: Act) -> None:
    known = bundled_notices()[2026]
    off = (*map(date.fromisoformat, known["off"]), date(2026, 9, 3))
    work = tuple(map(date.fromisoformat, known["work"]))
    wording = "为纪念胜利，2026年9月3日（周四）全国放假1天。"
    corrected = notice_2027(year=2026, off=off, work=work, wording=wording)
    assert [one["code"] for one in notices.remarks(proposed(first, corrected))] == ["unbalanced"]


# What the years before say


def test_every_known_year_but_2020_would_be_taken_without_a_remark() -> None:
    known = bundled_notices()
    found = {
        year: [
            fault.code
            for fault in faults_of(
                Announced(
                    year,
                    tuple(map(date.fromisoformat, known[year]["off"])),
                    tuple(map(date.fromisoformat, known[year]["work"])),
                ),
                known,
            )
        ]
        for year in known
    }
    # 2020: the epidemic added a day off, and the notice said again that a Monday is worked
    assert {year: codes for year, codes in found.items() if codes} == {
        2020: ["weekday_worked", "unbalanced"]
    }


def test_what_is_strange_is_taken_and_said_to_whoever_confirms(first: Act) -> None:
    strange = notice_2027(
        off=(*YEAR_2027.off, date(2027, 7, 17)), work=(*YEAR_2027.work[:-1], date(2027, 8, 14))
    )
    found = notices.remarks(proposed(first, strange))
    assert [(one["pointer"], one["code"], one["severity"]) for one in found] == [
        ("/make_up/3", "made_up_far_away", "warning"),
        ("/off/21", "run_without_a_weekday", "warning"),
    ]
    assert "2027年8月14日" in found[0]["detail"]["zh"]
    assert "2027-08-14" in found[0]["detail"]["en"]


# Over HTTP


SignIn = Callable[[Person], "Phone"]


class Answer(NamedTuple):
    """What a phone was told."""

    status_code: int
    json: Any
    etag: str


@dataclass(frozen=True)
class Phone:
    """One person's phone."""

    client: FlaskClient
    token: str

    def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> "Answer":
        sent = {} if body is None else {"json": body}
        given = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"notice-{next(_KEYS)}",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/api/v1/calendar-notices{path}"
        reply = self.client.open(path, method=method, headers=given, **sent)
        return Answer(reply.status_code, reply.json, reply.headers.get("ETag", ""))


@pytest.fixture
def phone(app: Flask, client: FlaskClient, session: Session) -> SignIn:
    def signed_in(person: Person) -> Phone:
        opened = SignInSession(
            person_id=person.id, opened_at=machine_now(), renewed_at=machine_now()
        )
        session.add(opened)
        session.flush()
        lasting = timedelta(minutes=5)
        return Phone(client, access_token(app.extensions["token_key"], opened, lasting=lasting))

    return signed_in


def body(**other: Any) -> dict[str, Any]:
    return {
        "year": 2027,
        "title": YEAR_2027.title,
        "number": YEAR_2027.number,
        "page": YEAR_2027.page,
        "off": [str(day) for day in YEAR_2027.off],
        "make_up": [str(day) for day in YEAR_2027.work],
    } | other


def test_one_types_in_and_another_confirms_over_http(
    phone: SignIn, controllers: Controllers, session: Session
) -> None:
    typing, reading = phone(controllers.first), phone(controllers.second)
    made = typing.ask("POST", body=body(wording=WORDING_2027))
    assert made.status_code == 201, made.json
    notice = made.json
    assert notice["off"] == body()["off"]
    assert (notice["state"], notice["allowed"], notice["remarks"]) == ("proposed", [], [])
    path = f"/{notice['id']}"

    own = typing.ask("PUT", f"{path}/confirmation", {"accepted": True}, If_Match=made.etag)
    assert (own.status_code, own.json["type"]) == (403, "/problems/not-allowed")
    read_ = reading.ask("GET", path)
    assert read_.json["wording"] == WORDING_2027
    assert read_.json["allowed"] == ["confirm", "reject"]
    etag = read_.etag
    assert reading.ask("PUT", f"{path}/confirmation", {"accepted": True}).status_code == 428
    stale = reading.ask("PUT", f"{path}/confirmation", {"accepted": True}, If_Match='"99"')
    assert stale.status_code == 412
    done = reading.ask("PUT", f"{path}/confirmation", {"accepted": True}, If_Match=etag)
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    assert done.json["decided_by"]["id"] == controllers.second.id
    again = reading.ask("PUT", f"{path}/confirmation", {"accepted": False}, If_Match=done.etag)
    assert (again.status_code, again.json["type"]) == (409, "/problems/wrong-state")
    assert calendar_of(session).knows(date(2027, 2, 8))


def test_a_fault_names_its_day_in_the_readers_language(
    phone: SignIn, controllers: Controllers
) -> None:
    typing = phone(controllers.first)
    wrong = body(make_up=[*body()["make_up"], "2027-03-03"])
    for language, words in (("zh", "2027年3月3日不是周六、周日"), ("en", "2027-03-03 is neither")):
        refused = typing.ask("POST", body=wrong, Accept_Language=language)
        assert (refused.status_code, refused.json["type"]) == (422, "/problems/notice-faulty")
        fault = refused.json["errors"][0]
        assert (fault["pointer"], fault["code"]) == ("/make_up/5", "weekday_worked")
        assert words in fault["detail"]


@pytest.mark.parametrize(
    "other",
    [
        {"page": "https://example.invalid/notice"},
        {"page": "javascript:alert(1)//gov.cn"},
        {"off": []},
        {"off": ["2027-02-30"]},
        {"off": ["2027-01-01"] * 101},
        {"year": 10**9},
        {"title": " "},
    ],
)
def test_what_no_notice_can_be_is_refused_at_the_door(
    phone: SignIn, controllers: Controllers, other: dict[str, Any]
) -> None:
    assert phone(controllers.first).ask("POST", body=body(**other)).status_code == 422


def test_notices_are_listed_newest_first_with_few_questions(
    phone: SignIn, controllers: Controllers, first: Act, second: Act
) -> None:
    for number in range(3):
        notices.reject(second, proposed(first, notice_2027(number=f"第{number}号")))
    waiting = proposed(first)
    phone_ = phone(controllers.prosecutor)
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    connection = first.session.connection()
    sa_event.listen(connection, "before_cursor_execute", note)
    listed = phone_.ask("GET", "?limit=3")
    sa_event.remove(connection, "before_cursor_execute", note)
    assert [one["revision"] for one in listed.json["items"]] == [4, 3, 2]
    assert listed.json["next_cursor"]
    assert len([one for one in asked if "FROM calendar_notices" in one]) == 1
    assert len([one for one in asked if "FROM people" in one]) <= 1
    state = phone_.ask("GET", "?state=proposed&year=2027").json["items"]
    assert [one["id"] for one in state] == [waiting.id]
    assert phone_.ask("GET", "?year=2028").json["items"] == []


def test_a_notice_is_seen_by_whoever_is_signed_in_and_by_nobody_else(
    make: Make, first: Act
) -> None:
    notice = proposed(first)
    assert notices.find(make.act(make.person()), notice.id) is notice
    nobody = make.act(NOBODY)
    with pytest.raises(NotFound):
        notices.find(nobody, notice.id)
    assert nobody.session.scalars(notices.visible(nobody)).all() == []
    assert "calendar_notice:read" in READING
