"""The worker: tells and sends in the background.

Every act that records an event defers one `dispatch` job in its own transaction, so telling
starts the moment it commits. The sweep of every minute is the net below: it finds whatever a
killed worker left, expired leases and retries that have come due.
"""

from collections.abc import Collection, Mapping

import procrastinate
import structlog
from procrastinate.jobs import Status
from sqlalchemy import make_url
from sqlalchemy.orm import Session, sessionmaker

from notifications import digests, dispatcher, escalations, health
from notifications.channels import vendors
from notifications.channels.configured import channels_of, close
from notifications.channels.stream import Stream
from notifications.deliveries import DeliveryChannel
from notifications.health import Quota
from notifications.messages import Notice, notices
from notifications.payloads import Seal
from notifications.sender import Sender, Terms
from services import (
    activities,
    arrest_reviews,
    attachments,
    bookings,
    checkpoints,
    delegations,
    devices,
    enrolments,
    handovers,
    invitations,
    monitoring,
    packets,
    participation,
    passkeys,
    plans,
    prosecutions,
    step_ups,
    supervision_opinions,
    supervisors,
    tasks,
    tries,
)
from services.deadlines import recalculation
from services.deadlines.notices import RECALCULATE
from services.deadlines.watch import BATCH
from services.devices import FreeReason
from services.interrogations import centre, readiness, waiting
from services.kernel import answers, jobs
from services.kernel.act import Act, acting
from services.kernel.clock import legal_now, machine_now
from services.kernel.engines import open_engine
from services.kernel.sealed import ring_of
from services.kernel.settings import Settings
from services.people import Post
from services.policy import MACHINE

CONCURRENCY = 4
"""Jobs at once, beside one for each channel: a slow vendor keeps no more than its own."""
EACH_MINUTE = "* * * * *"
EACH_HOUR = "7 * * * *"
EACH_DAY = "17 22 * * *"
"""In UTC: before the offices of Shanghai open."""

TERMS = {
    DeliveryChannel.FCM: Terms(
        Quota(per_second=vendors.FCM.limits.per_second, device_per_minute=240)
    ),
    DeliveryChannel.HMS: Terms(Quota(per_second=vendors.HMS.limits.per_second)),
}
"""What the vendors' own table allows; FCM gives one Android device 240 messages a minute."""

log = structlog.get_logger()


def run_worker(settings: Settings) -> None:
    """Work until told to stop (SIGINT, SIGTERM).

    Without any push service the inbox works all the same; the log says once that push is off.
    """
    settings.lead_to_fcm()
    engine = open_engine(settings, pool_size=CONCURRENCY + 2 * len(DeliveryChannel))
    sessions = sessionmaker(engine, expire_on_commit=False)
    channels = channels_of(settings)
    if settings.streams:
        channels[DeliveryChannel.STREAM] = Stream(sessions)
    if not channels:
        log.warning("push_off", reason="no push service is set up; messages reach the inbox only")
    with acting(sessions, MACHINE, machine_now()) as act:
        health.enlist(act, channels.keys())
    sender = Sender(sessions, channels, Seal.kept_in(settings.secrets), terms=TERMS)
    try:
        worker(settings.app_url, sessions, sender, notices()).run_worker(
            concurrency=CONCURRENCY + len(channels), delete_jobs="successful"
        )
    finally:
        close(channels)
        engine.dispose()


def follow_calendar(act: Act, suspect_ids: Collection[int]) -> None:
    """Let every open task name the day that its period has under the new calendar."""
    arrest_reviews.follow_calendar(act, suspect_ids)
    prosecutions.follow_calendar(act, suspect_ids)


def watch_deadlines(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Look at every open period whose time has come, each batch an act of its own.

    A crash loses no more than the batch it fell into, and that is looked at again. Returns how
    many tiers were told.
    """
    told = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            looked = monitoring.sweep(act, batch)
        told += looked.told
        if not looked.taken:
            return told


def climb_ladders(sessions: sessionmaker[Session], batch: int = escalations.BATCH) -> int:
    """Go on by one rung with what nobody has confirmed, each batch an act of its own; how many.

    Several workers share the work. After an outage nobody is told of two rungs at once.
    """
    climbed = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = escalations.sweep(act, batch)
        climbed += found
        if found < batch:
            return climbed


def watch_interrogations(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Look at the interrogations that are near, and at those that were never held.

    Each batch is an act of its own; what was looked at once is not looked at again.
    """
    looked = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = readiness.watch(act, batch)
        looked += found
        if found < batch:
            return looked


def lapse_proposals(sessions: sessionmaker[Session]) -> None:
    """Let go the times that centres proposed and nobody has answered in time."""
    with acting(sessions, MACHINE, legal_now) as act:
        for proposal in centre.lapsing(act):
            centre.lapse(act, proposal)


def offer_slots(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Go through the waiting list in its order and offer what is free; how many offers were made.

    What nobody has answered falls free first. Each offer is an act of its own, so nobody waits for
    the whole list; two looks at once never make two offers, because the database refuses that.
    """
    with acting(sessions, MACHINE, legal_now) as act:
        for one in waiting.lapsing(act, batch):
            waiting.lapse_offer(act, one)
    with acting(sessions, MACHINE, legal_now) as act:
        line = waiting.in_line(act)
    made = 0
    for interrogation_id in line:
        with acting(sessions, MACHINE, legal_now) as act:
            made += waiting.offer(act, interrogation_id) is not None
    with acting(sessions, MACHINE, legal_now) as act:
        for interrogation_id in waiting.running_late(act, batch):
            waiting.escalate(act, interrogation_id)
    return made


def watch_activities(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Tell of organs that are silent and of times that came and went; how many were found."""
    told = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = activities.watch.look(act, batch)
        told += found
        if not found:
            return told


def watch_invitations(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Follow silence and the register, each batch an act of its own; how many invitations ended."""
    ended = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = invitations.sweep(act, batch)
        ended += found
        if not found:
            return ended


def watch_opinions(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Ask supervisors for opinions, open those that are due, record silence; how much was done.

    Each batch is an act of its own; several workers may look at once, each thing is done once.
    """
    done = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = supervision_opinions.sweep(act, batch)
        done += found
        if not found:
            return done


def watch_packets(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Close the windows of reading packets that are over; how many were closed."""
    closed = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = packets.watch(act, batch)
        closed += found
        if found < batch:
            return closed


def watch_reports(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Open the periodic reports that have fallen due; how many were opened."""
    opened = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = participation.sweep(act, batch)
        opened += found
        if not found:
            return opened


def substitute_chiefs(sessions: sessionmaker[Session]) -> None:
    """End what nobody can act by any more; then let the standing orders take effect, one by one."""
    with acting(sessions, MACHINE, legal_now) as act:
        for delegation in delegations.lapsing(act, BATCH):
            delegations.lapse(act, delegation)
    with acting(sessions, MACHINE, legal_now) as act:
        offices = delegations.orders(act)
    for office_id in offices:
        with acting(sessions, MACHINE, legal_now) as act:
            delegations.carry_out(act, delegations.Chair(office_id))


def watch_leaving(sessions: sessionmaker[Session]) -> int:
    """Ask case management to hand over the work of whoever leaves; how many tasks were opened.

    Each post is an act of its own; whoever looks twice opens nothing twice.
    """
    with acting(sessions, MACHINE, legal_now) as act:
        leaving = handovers.leaving_soon(act)
    opened = 0
    for post_id in leaving:
        with acting(sessions, MACHINE, legal_now) as act:
            opened += handovers.foresee(act, act.session.get_one(Post, post_id))
    return opened


def watch_tasks(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Let fall back to its pool what nobody is there for, and remind; how many tasks were found."""
    looked = 0
    while True:
        with acting(sessions, MACHINE, legal_now) as act:
            found = tasks.watch(act, batch)
        looked += found
        if not found:
            return looked


def sign_journal(sessions: sessionmaker[Session]) -> bool:
    """Make a checkpoint of the journal with the keys the engine carries; was there a need?"""
    with acting(sessions, MACHINE, machine_now()) as act:
        ring = ring_of(act.session.get_bind().dialect)
        return checkpoints.make(act, ring) is not None


def worker(
    app_url: str,
    sessions: sessionmaker[Session],
    sender: Sender | None,
    told: Mapping[str, Notice],
) -> procrastinate.App:
    """The background tasks, bound to what they need."""
    url = make_url(app_url).set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_deadlines", queueing_lock="watch_deadlines")
    def watch(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock; what an outage missed is caught up with by the first look after."""
        watch_deadlines(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="climb_ladders", queueing_lock="climb_ladders")
    def climb(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: what nobody has confirmed goes up its ladder."""
        climb_ladders(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_interrogations", queueing_lock="watch_interrogations")
    def watch_sittings(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: what is not ready the day before, and what nobody held."""
        watch_interrogations(sessions)
        lapse_proposals(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name=RECALCULATE, queueing_lock=RECALCULATE)
    def recalculate(timestamp: int = 0) -> None:  # noqa: ARG001  # 0 where a notice asks for it
        """Each minute as well: what a killed worker left, and what newer software brings."""
        recalculation.run(sessions, follow_calendar)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="bury_stalled_jobs", queueing_lock="bury_stalled_jobs")
    async def bury(timestamp: int) -> None:  # noqa: ARG001
        """A killed worker's jobs stay `doing` for ever; the sweep has long done their work."""
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    _sending(app, sessions, sender, told)
    _forgetting(app, sessions)
    _planning(app, sessions)
    _waiting(app, sessions)
    _supervising(app, sessions)
    _proving(app, sessions)
    _attending(app, sessions)
    return app


def _sending(
    app: procrastinate.App,
    sessions: sessionmaker[Session],
    sender: Sender | None,
    told: Mapping[str, Notice],
) -> None:
    """What tells and sends."""

    def send() -> None:
        if sender:
            sender.run()

    @app.task(name=jobs.DISPATCH)
    def tell() -> None:
        dispatcher.drain(sessions, told)

    app.task(name=dispatcher.SEND)(send)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="sweep", queueing_lock="sweep")
    def sweep(timestamp: int) -> None:  # noqa: ARG001  # handed to every periodic task
        dispatcher.drain(sessions, told)
        if sender:
            sender.switch()
            sender.run()
            sender.lapse()
        with acting(sessions, MACHINE, machine_now()) as act:
            devices.tidy(act, FreeReason.SIGNED_OUT)


def _forgetting(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What is kept for a while only."""

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="give_back_holds", queueing_lock="give_back_holds")
    def give_back(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock; a hold that has run out is in nobody's way before that either."""
        with acting(sessions, MACHINE, legal_now) as act:
            bookings.sweep(act, BATCH)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="forget_answers", queueing_lock="forget_answers")
    def forget(timestamp: int) -> None:  # noqa: ARG001
        """Answers kept for requests sent twice may repeat what a case holds: a day is enough."""
        with acting(sessions, MACHINE, machine_now()) as act:
            answers.sweep(act.session)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="forget_tries", queueing_lock="forget_tries")
    def forget_tries(timestamp: int) -> None:  # noqa: ARG001
        """Counters, challenges and confirmations that decide nothing any more."""
        with acting(sessions, MACHINE, machine_now()) as act:
            tries.sweep(act, act.now)
            enrolments.sweep(act, act.now)
            passkeys.sweep(act, act.now)
            step_ups.sweep(act, act.now)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="forget_drafts", queueing_lock="forget_drafts")
    def forget_drafts(timestamp: int) -> None:  # noqa: ARG001
        """Files that no request took up are not kept for ever."""
        with acting(sessions, MACHINE, machine_now()) as act:
            attachments.forget_drafts(act, attachments.DRAFTS_WAIT)

    @app.periodic(cron=EACH_DAY)
    @app.task(name="prune_devices", queueing_lock="prune_devices")
    def prune_devices(timestamp: int) -> None:  # noqa: ARG001
        """Apps that nobody has heard of for two months are not woken any more."""
        pruned = devices.PRUNED_AT_ONCE
        while pruned == devices.PRUNED_AT_ONCE:
            with acting(sessions, MACHINE, machine_now()) as act:
                pruned = devices.prune(act, FreeReason.UNSEEN)


def _supervising(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What has its time in the supervision by people's supervisors."""

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="substitute", queueing_lock="substitute")
    def substitute(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: who stands in for a chief on leave, and who no longer does."""
        substitute_chiefs(sessions)

    @app.periodic(cron=EACH_DAY)
    @app.task(name="foresee_leaving", queueing_lock="foresee_leaving")
    def foresee_leaving(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: whose last day comes within a week while work lies open."""
        watch_leaving(sessions)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="end_terms", queueing_lock="end_terms")
    def end_terms(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock; nobody is drawn for a day beyond the term before that either."""
        with acting(sessions, MACHINE, legal_now) as act:
            supervisors.sweep(act, BATCH)

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="watch_reports", queueing_lock="watch_reports")
    def look_at_reports(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: periods that are over and of which the organ was told nothing."""
        watch_reports(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_activities", queueing_lock="watch_activities")
    def look_at_activities(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: who was asked and is silent, what was to begin and did not."""
        watch_activities(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_invitations", queueing_lock="watch_invitations")
    def look_at_invitations(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: who did not answer, who is on the register no more."""
        watch_invitations(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_opinions", queueing_lock="watch_opinions")
    def look_at_opinions(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: opinions whose time is over are opened, all at once."""
        watch_opinions(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_packets", queueing_lock="watch_packets")
    def look_at_packets(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock; a page is served no longer at that very moment, looked at or not."""
        watch_packets(sessions)


def _proving(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What keeps the journal provable."""

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="sign_journal", queueing_lock="sign_journal")
    def sign(timestamp: int) -> None:  # noqa: ARG001
        """By the machine's clock; an hour in which nothing happened has no checkpoint."""
        sign_journal(sessions)


def _planning(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What looks for better plans."""

    @app.task(name=plans.IMPROVE)
    def improve(plan_id: int) -> None:
        plans.improve(sessions, plan_id)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="improve_left_behind", queueing_lock="improve_left_behind")
    def improve_left_behind(timestamp: int) -> None:  # noqa: ARG001
        """A plan whose worker was killed is taken up again; until then the first answer stands."""
        with sessions() as session:
            waiting = plans.left_behind(session)
        for plan_id in waiting:
            plans.improve(sessions, plan_id)


def _waiting(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What looks after those who wait."""

    @app.task(name=bookings.FELL_FREE)
    def time_fell_free() -> None:
        """Asked for by whatever gave time back, in its own transaction."""
        offer_slots(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="look_at_waiting", queueing_lock="look_at_waiting")
    def look_at_waiting(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: what a killed worker left, what nobody answered, who runs late."""
        offer_slots(sessions)

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="watch_tasks", queueing_lock="watch_tasks")
    def look_at_tasks(timestamp: int) -> None:  # noqa: ARG001
        """By the legal clock: whose holder is not there any more, and whose day has come."""
        watch_tasks(sessions)


def _attending(app: procrastinate.App, sessions: sessionmaker[Session]) -> None:
    """What waits for its time to wake somebody."""

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="release_held", queueing_lock="release_held")
    def release_held(timestamp: int) -> None:  # noqa: ARG001
        """By the machine's clock: the end of quiet hours, digests, and free places in an hour."""
        digests.release_due(sessions)
