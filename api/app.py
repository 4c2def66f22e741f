"""The application, assembled. The only module that knows every other."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from api import (
    activities,
    agendas,
    app_versions,
    appointments,
    arrest_requests,
    arrest_reviews,
    assignments,
    attachments,
    batches,
    blocks,
    calendar_feeds,
    calendar_notices,
    cases,
    centres,
    charges,
    committees,
    conference_settings,
    conferences,
    consultations,
    deadline_calculations,
    deadline_warnings,
    deadlines,
    delegations,
    devices,
    docs,
    draws,
    emergency_accesses,
    engagements,
    enrolments,
    escalations,
    handovers,
    headers,
    health,
    hearings,
    inbox,
    inquiries,
    inquiry_reports,
    interrogation_changes,
    interrogation_practices,
    interrogations,
    invitations,
    journal,
    judgments,
    leaves,
    logs,
    memberships,
    message_templates,
    metrics,
    monitoring,
    notification_channels,
    offices,
    oversight,
    packets,
    participants,
    participation,
    passkeys,
    people,
    people_imports,
    phone,
    plans,
    preferences,
    problems,
    proceedings,
    proofs,
    prosecutions,
    public_hearings,
    quality_reviews,
    readiness,
    readings,
    resources,
    rotation,
    searches,
    security_practices,
    sessions,
    sittings,
    slots,
    step_ups,
    streams,
    supervision_opinions,
    supervision_plans,
    supervisors,
    task_moves,
    tasks,
    transcripts,
    transfers,
    urgency,
    usage,
    waiting,
    well_known,
)
from api.app_gate import AppGate
from api.contract import TITLE, VERSION, Api, document
from api.identity import TokenRing
from api.limits import Limits
from api.resource import PREFIX, Blueprint
from api.wire import Json
from notifications.listeners import Listeners, of_address
from services.kernel.settings import Settings
from services.video import JanusRooms

JSON_LIMIT = 1024 * 1024


class Room(Protocol):
    """A module of this package that answers for one noun."""

    blp: Blueprint


SLICES: tuple[Room, ...] = (
    sessions,
    enrolments,
    security_practices,
    step_ups,
    passkeys,
    offices,
    people,
    people_imports,
    appointments,
    leaves,
    handovers,
    charges,
    attachments,
    arrest_requests,
    cases,
    searches,
    readings,
    emergency_accesses,
    assignments,
    memberships,
    message_templates,
    arrest_reviews,
    transfers,
    prosecutions,
    judgments,
    batches,
    proceedings,
    delegations,
    deadlines,
    deadline_calculations,
    deadline_warnings,
    calendar_notices,
    monitoring,
    escalations,
    journal,
    consultations,
    inquiries,
    inquiry_reports,
    oversight,
    conferences,
    conference_settings,
    committees,
    resources,
    rotation,
    participants,
    draws,
    invitations,
    interrogation_practices,
    blocks,
    engagements,
    interrogations,
    hearings,
    transcripts,
    slots,
    interrogation_changes,
    waiting,
    urgency,
    centres,
    readiness,
    sittings,
    agendas,
    calendar_feeds,
    usage,
    plans,
    supervisors,
    supervision_plans,
    activities,
    packets,
    supervision_opinions,
    public_hearings,
    quality_reviews,
    task_moves,
    tasks,
    notification_channels,
    inbox,
    preferences,
    streams,
    devices,
    app_versions,
    participation,
)


class Id(IntegerConverter):
    """A number in an address: an id the database could hold, or no address at all."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class House(Flask):
    """Flask, answering in our JSON."""

    json_provider_class = Json


def create_app(
    settings: Settings,
    engine: Engine,
    limits: Limits | None = None,
    rooms: Iterable[Room] = SLICES,
) -> Flask:
    """Assemble the house on `engine`, as `settings` say."""
    app = House(__name__, static_folder=None)
    app.url_map.converters["int"] = Id
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=JSON_LIMIT,
    )
    app.extensions.update(
        settings=settings,
        engine=engine,
        sessions=sessionmaker(engine, expire_on_commit=False),
        token_key=TokenRing.kept_in(settings.secrets, settings.access_token_for),
        challenges=proofs.challenges_kept_in(settings.secrets),
        video=JanusRooms.kept_in(settings.secrets),
        limits=limits or Limits(),
        app_gate=AppGate(settings.app_version_needed),
        listeners=Listeners(of_address(settings.app_url), settings.streams),
    )
    if settings.proxies:
        # Without it every phone would knock from the proxy's address, and share one limit.
        believed = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask documents it
            app.wsgi_app, x_for=believed, x_proto=believed, x_host=0, x_port=0, x_prefix=0
        )
    logs.watch(app)
    headers.carry(app, demo=settings.demo)
    problems.register(app)
    api = Api(app)
    for room in rooms:
        blp = room.blp
        api.register_blueprint(blp, url_prefix=f"{PREFIX}{blp.url_prefix or ''}")
    app.register_blueprint(health.blp)
    app.register_blueprint(metrics.blp)
    app.register_blueprint(docs.blp)
    well_known.serve(app)
    phone.serve(app)

    @cache
    def contract() -> dict[str, Any]:
        return document(app, api)

    app.extensions["contract"] = contract
    return app
