"""The demo world, and a journey through it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.orm import Session, aliased, sessionmaker

from jiantong import demo
from jiantong.demo import stories
from jiantong.demo.journeys import Transcript, travel
from jiantong.demo.phones import Json, Reply
from jiantong.demo.stories import SCHEDULE, Ending, every_story
from jiantong.postgres import Cluster
from notifications import dispatcher
from notifications.channels import Outcome, Push, Verdict
from notifications.deliveries import Delivery, DeliveryChannel
from notifications.messages import notices
from notifications.payloads import Seal
from notifications.sender import Sender
from services import checkpoints
from services.arrest_requests import ArrestRequest, RequestState, Suspect
from services.arrest_reviews import ArrestDecision, ArrestReview, Receipt, ReviewState
from services.cases import Case, CaseKind, CaseState, case_suspects
from services.kernel.act import JournalEntry, Undispatched
from services.kernel.ciphers import KeyRing
from services.kernel.sealed import carry
from services.kernel.settings import Settings
from services.people import Person
from services.prosecutions import Prosecution, ProsecutionState
from services.tasks import Task, TaskKind, TaskState
from services.transfers import Transfer, TransferState
from tests import worlds

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
FIRST_STAGE = {
    TaskKind.ACCEPT_REQUEST,
    TaskKind.SUPPLEMENT_REQUEST,
    TaskKind.ASSIGN_CASE,
    TaskKind.REVIEW_ARREST,
    TaskKind.APPROVE_ARREST,
    TaskKind.RETURN_RECEIPT,
    TaskKind.KEEP_DEADLINE,
    TaskKind.ANSWER_MONITORING,
}
TO_THE_RECEIPT = {
    ReviewState.UNDER_REVIEW,
    ReviewState.AWAITING_APPROVAL,
    ReviewState.ARREST_APPROVED,
    ReviewState.ARREST_REFUSED,
    ReviewState.ARRESTED,
    ReviewState.ARREST_NOT_EXECUTED,
    ReviewState.RELEASED,
    ReviewState.MEASURE_CHANGED,
    ReviewState.MEASURE_UNCHANGED,
}


@pytest.fixture(scope="module")
def engine(demo_data: Path) -> Iterator[Engine]:
    """A copy of the world, on a server of its own."""
    with TemporaryDirectory(prefix="jt-") as folder:
        Path(folder).chmod(0o711)  # the unprivileged account of PostgreSQL must get through
        copied = Path(folder) / "var"
        worlds.copy(demo_data, copied)
        with Cluster(copied / "postgres", durable=False) as cluster:
            engine = create_engine(cluster.app_url)
            carry(engine, KeyRing.kept_in(copied / "secrets"))
            yield engine
            engine.dispose()


@pytest.fixture(scope="module")
def connection(engine: Engine) -> Iterator[Connection]:
    """The world, in a transaction that is undone after the last test here."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


def _sessions(connection: Connection) -> sessionmaker[Session]:
    return sessionmaker(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    )


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    return _sessions(connection)


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


def test_it_is_made_once(sessions: sessionmaker[Session]) -> None:
    assert not demo.make(sessions)


def test_it_holds_more_than_sixty_cases_in_every_state(world: Session) -> None:
    assert world.scalar(select(func.count()).select_from(ArrestRequest)) == 68
    assert set(world.scalars(select(ArrestRequest.state))) == set(RequestState)
    assert set(world.scalars(select(Case.state))) == set(CaseState) - {CaseState.MERGED}
    reviews = set(world.scalars(select(ArrestReview.state)))
    assert reviews >= {*TO_THE_RECEIPT, ReviewState.FOR_PROSECUTION}


def test_some_cases_have_gone_on_to_prosecution(world: Session) -> None:
    assert set(world.scalars(select(Transfer.state))) == set(TransferState)
    assert set(world.scalars(select(Prosecution.state))) >= {
        ProsecutionState.UNDER_REVIEW,
        ProsecutionState.RETURNED,
    }
    arrest, prosecution, second = aliased(Case), aliased(Case), case_suspects.alias()
    same = world.execute(
        select(arrest.handler_id, prosecution.handler_id)
        .join(case_suspects, case_suspects.c.case_id == arrest.id)
        .join(second, second.c.suspect_id == case_suspects.c.suspect_id)
        .join(prosecution, second.c.case_id == prosecution.id)
        .where(
            arrest.kind == CaseKind.ARREST,
            prosecution.kind == CaseKind.PROSECUTION,
            prosecution.handler_id.is_not(None),
        )
    ).all()
    assert same
    assert all(first == later for first, later in same), "one prosecutor carries both (RULES 8)"


def test_every_case_has_a_true_journal(world: Session) -> None:
    kinds = Counter(world.scalars(select(JournalEntry.kind)))
    assert kinds["ArrestRequestSubmitted"] == 68
    assert kinds["CaseAccepted"] == world.scalar(select(func.count()).select_from(Case))
    assert kinds["ArrestDecided"] == world.scalar(select(func.count()).select_from(ArrestDecision))
    assert kinds["ReceiptReturned"] == world.scalar(select(func.count()).select_from(Receipt))


def test_nothing_lies_in_the_future(world: Session) -> None:
    latest = world.scalar(select(func.max(JournalEntry.happened_at)))
    assert latest is not None
    assert latest < datetime.now(UTC)
    assert latest > datetime.now(UTC) - timedelta(days=2)


def test_numbers_and_moments_grow_together(world: Session) -> None:
    accepted = world.scalars(
        select(Case).where(Case.number.startswith("云青检捕受")).order_by(Case.accepted_at, Case.id)
    )
    numbers = [int(case.number.split("〕")[1].removesuffix("号")) for case in accepted]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_decision_came_too_late_and_a_few_receipts_did(world: Session) -> None:
    assert not world.scalar(select(func.count()).where(ArrestDecision.after_due))
    assert (world.scalar(select(func.count()).where(Receipt.late)) or 0) >= 2


def test_there_is_work_for_everybody(world: Session) -> None:
    open_tasks = set(world.scalars(select(Task.kind).where(Task.state == TaskState.OPEN)))
    assert open_tasks >= FIRST_STAGE | {
        TaskKind.ACCEPT_TRANSFER,
        TaskKind.SUPPLEMENT_TRANSFER,
        TaskKind.REVIEW_PROSECUTION,
        TaskKind.DECIDE_PROPOSAL,
        TaskKind.INVESTIGATE_FURTHER,
    }


def test_everything_was_told_and_only_news_is_unread(world: Session) -> None:
    assert world.scalar(select(func.count()).select_from(Undispatched)) == 0
    unread = world.scalars(select(Delivery).where(Delivery.read_at.is_(None))).all()
    assert unread
    assert all(one.entry.happened_at > datetime.now(UTC) - timedelta(days=3) for one in unread)


def test_nobody_is_a_suspect_twice(world: Session) -> None:
    numbers = list(
        world.scalars(select(Suspect.document_number).where(Suspect.document_number != ""))
    )
    assert len(set(numbers)) == len(numbers)


def test_minors_come_to_prosecutors_trained_for_them(world: Session) -> None:
    handlers = world.scalars(
        select(Person.username)
        .join(Case, Case.handler_id == Person.id)
        .join(ArrestRequest)
        .join(Suspect)
        .where(Suspect.flags.contains(["minor"]))
    ).all()
    assert set(handlers) <= {"xuniantong", "chengwangshu"}


def test_the_same_seed_tells_the_same_stories() -> None:
    assert every_story(NOW, 1) == every_story(NOW, 1)
    assert every_story(NOW, 1) != every_story(NOW, 2)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_at_any_hour_every_step_is_past_and_in_order(hour: int) -> None:
    now = NOW.replace(hour=hour)
    told = every_story(now, hour)
    assert len(told) == sum(map(len, SCHEDULE.values()))
    for story in told:
        assert list(story.moments) == sorted(story.moments)
        assert story.moments[-1] < now
        assert len(story.moments) == 1 + len(stories.GAPS[story.ending])


def test_a_case_under_review_is_never_overdue() -> None:
    for story in every_story(NOW, 1):
        if story.ending in {Ending.UNDER_REVIEW, Ending.AWAITING, Ending.RETURNED}:
            assert NOW - story.received_at < timedelta(days=8)


@dataclass
class Carrier:
    """A push service that takes everything and remembers it."""

    sent: list[Push] = field(default_factory=list)

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        self.sent += pushes
        return [Outcome(Verdict.ACCEPTED, "OK", message_id="1") for _ in pushes]


@dataclass
class InProcess:
    """The wire to an application in this very process; waiting does the background work."""

    client: FlaskClient
    background: Callable[[], None]
    carrier: Carrier
    registered: int = 0

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = self.client.open(path, method=method, headers=dict(headers), data=body)
        return Reply(reply.status_code, reply.headers.get("ETag"), reply.get_data())

    def wait(self, until: Callable[[], bool]) -> bool:
        self.background()
        return until()

    def register(self, service: str | None) -> str | None:
        assert service is None
        self.registered += 1
        return f"accept-journey-{self.registered}"

    def pushes(self, token: str) -> list[Json]:
        return [dict(push.payload) for push in self.carrier.sent if push.token == token]


@pytest.fixture(scope="module")
def travelled(settings: Settings, engine: Engine, connection: Connection) -> Transcript:
    """The journey, undone in the database once it has been written down."""
    from api.app import create_app  # noqa: PLC0415  # only this journey needs the door

    app = create_app(settings, engine)
    app.testing = True
    app.extensions["sessions"] = sessions = _sessions(connection)
    carrier = Carrier()
    sender = Sender(sessions, {DeliveryChannel.FCM: carrier}, Seal.kept_in(settings.secrets))

    def background() -> None:
        dispatcher.drain(sessions, notices())
        sender.run()

    undone = connection.begin_nested()
    try:
        return travel(InProcess(app.test_client(), background, carrier))
    finally:
        undone.rollback()


def test_the_journey_takes_nine_steps(travelled: Transcript) -> None:
    assert [step.title for step in travelled.steps] == [
        "民警试算提请批准逮捕书（不存储）",
        "民警更正后正式提请，附提示收案",
        "案管要求补送材料",
        "民警补送材料",
        "案管受理",
        "案管随机轮案",
        "检察官提出审查逮捕意见",
        "检察长批准",
        "民警送回执行回执",
    ]


def test_the_dry_run_finds_an_error_and_a_mistyped_number(travelled: Transcript) -> None:
    said = "\n".join(travelled.steps[0].said)
    assert "错误 /suspects/0/sex" in said
    assert "提示 /suspects/0/document_number" in said


def test_everyone_is_told_and_has_the_task_that_follows(travelled: Transcript) -> None:
    tasks = [[sight.tasks for sight in step.sights] for step in travelled.steps]
    titles = [[task.partition("（")[0] for each in step for task in each] for step in tasks]
    zh = {kind.name: kind.zh for kind in TaskKind}
    assert titles == [
        [],
        [zh["ACCEPT_REQUEST"]],
        [zh["SUPPLEMENT_REQUEST"]],
        [zh["ACCEPT_REQUEST"]],
        [],
        [zh["REVIEW_ARREST"]],
        [zh["APPROVE_ARREST"]],
        [zh["RETURN_RECEIPT"]],
        [],
    ]
    for step in travelled.steps[1:]:
        assert step.sights
        assert all(sight.inbox for sight in step.sights), step.title


def test_every_message_was_pushed_without_a_word_of_the_case(travelled: Transcript) -> None:
    for step in travelled.steps[1:]:
        for sight in step.sights:
            assert len(sight.pushes) == len(sight.inbox), step.title
            assert all(set(push) == {"id", "class", "exp", "sig"} for push in sight.pushes)


def test_the_case_is_closed_and_the_decision_has_its_number(travelled: Transcript) -> None:
    assert travelled.case_number.startswith("云青检捕受〔")
    assert travelled.decision_number.startswith("云青检批捕〔")
    assert travelled.steps[-1].said == ("已执行逮捕，按期送回", "案件已办结")


def test_the_journey_can_be_told(travelled: Transcript, capsys: pytest.CaptureFixture[str]) -> None:
    from jiantong.demo.journeys import tell  # noqa: PLC0415

    tell(travelled)
    out = capsys.readouterr().out
    assert "【9】民警送回执行回执" in out
    assert travelled.case_number in out
    assert out.count("推送") == sum(len(s.pushes) for step in travelled.steps for s in step.sights)


def test_the_journal_of_a_whole_city_holds_no_word_and_every_chain_holds(
    connection: Connection,
) -> None:
    """All stories, hearings, papers and supervisions were played: only ids and codes remain."""
    words = text("SELECT kind FROM journal WHERE kind || details::text ~ '[^ -~]'")
    assert connection.scalars(words).all() == []
    keys = frozenset(connection.scalars(text("SELECT id FROM checkpoint_keys")))
    assert list(checkpoints.verify(connection, keys)) == []
