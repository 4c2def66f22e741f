"""Metrics for whoever watches the installation: Prometheus' text, counted when it is asked for.

Labels are channels, codes and states: never a person, never a case. Served to this machine
itself, or, where `METRICS_TOKEN` is set, to whoever shows it and to nobody else. Behind a proxy
of one's own the address is the proxy's: a request that was passed on is no one of this machine's.
"""

import hmac
import ipaddress
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session, sessionmaker

from notifications import desk
from notifications.health import CircuitState
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound

blp = Blueprint("metrics", __name__)

PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


@blp.get("/metrics")
def metrics() -> Response:
    """How the pipeline of notifications stands."""
    if not _may_read(current_app.extensions["settings"].metrics_token):
        raise NotFound
    collected = CollectorRegistry()
    sessions: sessionmaker[Session] = current_app.extensions["sessions"]
    with sessions() as session:
        collected.register(_Desk(session))
        return Response(generate_latest(collected), content_type=CONTENT_TYPE_LATEST)


def _may_read(token: str | None) -> bool:
    if token:
        shown = request.authorization.token if request.authorization else None
        return hmac.compare_digest((shown or "").encode(), token.encode())
    try:
        here = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return here and not any(name in request.headers for name in PASSED_ON)


class _Desk(Collector):
    """Reads the desk of operations once for each scrape."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def describe(self) -> list[Metric]:
        """Asked when it is registered: nothing is read for that."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures, each with channels, codes and states only."""
        now = machine_now()
        outbox = desk.outbox(self.session)
        waiting = GaugeMetricFamily("jiantong_outbox_events", "Events not told yet")
        waiting.add_metric([], outbox.waiting)
        yield waiting
        age = GaugeMetricFamily("jiantong_outbox_age_seconds", "Age of the oldest event not told")
        age.add_metric([], (now - outbox.oldest_at).total_seconds() if outbox.oldest_at else 0)
        yield age
        yield from self._queues()
        yield from self._circuits()
        pushes = CounterMetricFamily(
            "jiantong_pushes",
            "Pushes answered by a vendor, by verdict and code",
            labels=["channel", "verdict", "code"],
        )
        for one in desk.answered(self.session):
            pushes.add_metric([one.channel.value, one.verdict.value, one.code], one.pushes)
        yield pushes
        letters = GaugeMetricFamily(
            "jiantong_dead_letters", "Dead letters on open heaps", labels=["channel", "code"]
        )
        for heaped in desk.heaped(self.session):
            letters.add_metric([heaped.channel.value, heaped.code], heaped.letters)
        yield letters

    def _queues(self) -> Iterator[Metric]:
        pending = GaugeMetricFamily(
            "jiantong_deliveries_pending", "Deliveries that wait to be sent", labels=["channel"]
        )
        for channel, count in desk.pending(self.session).items():
            pending.add_metric([channel.value], count)
        yield pending
        oldest = GaugeMetricFamily(
            "jiantong_delivery_oldest_pending_seconds",
            "Age of the oldest delivery that nothing of its person's holds back",
            labels=["channel"],
        )
        now = machine_now()
        for channel, at in desk.oldest(self.session).items():
            oldest.add_metric([channel.value], max((now - at).total_seconds(), 0))
        yield oldest

    def _circuits(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(
            "jiantong_channel_state", "1 for the state of its circuit", labels=["channel", "state"]
        )
        paused = GaugeMetricFamily(
            "jiantong_channel_paused", "1 while somebody has paused it", labels=["channel"]
        )
        for one in desk.channels(self.session):
            for each in CircuitState:
                state.add_metric([one.channel.value, each.value], one.state is each)
            paused.add_metric([one.channel.value], one.paused_at is not None)
        yield state
        yield paused
