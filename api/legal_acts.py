"""Which operations are confirmed anew, and how the door asks for it.

The law is asked first: the operation runs, and only what it would have done is confirmed, before
anything is committed. So nobody is asked for a password for what would be refused, and what was
not confirmed is undone as a whole (docs/decisions/0023).
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Request, Response, current_app

from services import sessions, step_ups
from services.kernel.act import Act
from services.passkeys import Site
from services.step_ups import Deed, StepUpNeeded

HEADER = "Step-Up"
_OWN_MACHINE = re.compile(r"http://localhost(?::\d{1,5})?")

LEGAL_ACTS: Mapping[str, str] = {
    "PUT /arrest-reviews/<int:review_id>/decision": "decides whether somebody is arrested",
    "POST /arrest-reviews/<int:review_id>/steps": "changes or ends custody, or asks for it",
    "POST /prosecutions/<int:prosecution_id>/steps": "prosecutes, drops a case or changes custody",
    "POST /batches": "takes one such step in several cases",
    "PUT /proposals/<int:proposal_id>/decision": "decides what a handler put forward",
    "PUT /proposal-decisions": "decides several proposals at once",
    "PUT /committee-matters/<int:matter_id>/vote": "casts a vote, once",
    "PUT /committee-matters/<int:matter_id>/decision": "signs a decision of the committee",
    "PUT /committee-matters/<int:matter_id>/upper-decision": "enters a decision that binds",
    "POST /delegations": "gives the chief procurator's powers to somebody",
    "PUT /delegations/<int:delegation_id>/end": "takes powers back",
    "PUT /delegations/orders/<int:office_id>": "says who stands in for the chief procurator",
    "PUT /appointments/<int:appointment_id>/confirmation": "gives somebody the powers of a post",
    "PUT /people-imports/<int:import_id>/confirmation": "gives many people the powers of posts",
    "PUT /posts/<int:post_id>/ending": "takes the powers of a post away",
    "PUT /accounts/<int:person_id>/closing": "closes an account",
    "PUT /accounts/<int:person_id>/closing-at-once": "closes an account at once",
    "POST /handovers": "gives all open work of somebody to others",
    "POST /accounts/<int:person_id>/enrolment-codes": "lets a phone speak for somebody",
    "DELETE /accounts/<int:person_id>/sessions": "signs somebody out everywhere",
    "PUT /security-practices": "says on which phones people sign in",
    "PUT /app-versions/least": "shuts out whoever has an older app",
    "POST /app-versions/stops": "shuts out whoever has that version of the app",
    "POST /emergency-accesses": "opens a case in an emergency to somebody who may not read it",
    "PUT /emergency-accesses/<int:access_id>/review": "judges whether that was right, for good",
    "POST /power-lists": "says who decides what from now on",
    "POST /cases/<int:case_id>/recusals": "keeps a prosecutor away from a case",
    "PUT /calendar-notices/<int:notice_id>/confirmation": "moves the last days of all periods",
    "PUT /transcripts/<int:transcript_id>/completion": "closes a record of evidence for good",
    "PUT /public-hearings/<int:hearing_id>/result": "says if a hearing's majority is followed",
    "PUT /public-hearings/<int:hearing_id>/consent": "lets a hearing's majority not be followed",
    "PUT /packets/<int:packet_id>/release": "shows papers of a case to people from outside",
    "PUT /draws/<int:draw_id>/outcome": "draws people's supervisors, once",
    "PUT /quality-samplings/<int:sampling_id>/draw": "draws cases and reviewers, once",
    "PUT /quality-reviews/<int:review_id>/objection-decision": "grades a colleague's case for good",
    "PUT /supervision-opinions/<int:opinion_id>/objection-decision": "ends an objection",
    "PUT /invitations/<int:invitation_id>/recusal-decision": "keeps a supervisor away",
    "PUT /invitations/<int:invitation_id>/undertaking": "signs an undertaking of secrecy",
    "PUT /supervisors/<int:supervisor_id>/appointment": "appoints a people's supervisor",
    "PUT /supervisors/<int:supervisor_id>/rejection": "ends a nomination",
    "PUT /supervisors/<int:supervisor_id>/term": "appoints a people's supervisor again",
    "PUT /supervisors/<int:supervisor_id>/removal": "removes a people's supervisor",
    "POST /passkeys": "adds a means by which legal acts are confirmed",
    "DELETE /passkeys/<int:passkey_id>": "takes such a means away",
}
"""Every operation that is confirmed anew, and why."""

UNCONFIRMED: Mapping[str, str] = {
    "PUT /appointments/<int:appointment_id>/refusal": "gives nobody any power",
    "PUT /people-imports/<int:import_id>/refusal": "gives nobody any power",
    "PUT /activities/<int:activity_id>/consent": "agrees to a shorter notice of an appointment",
    "PUT /activities/<int:activity_id>/consent-refusal": "declines a shorter notice",
    "PUT /committee-matters/<int:matter_id>/speech": "is an opinion; the vote is confirmed",
    "PUT /committee-matters/<int:matter_id>/report": "passes the matter on to who decides it",
    "PUT /displacements/<int:displacement_id>/decision": "is about rooms and times",
    "PUT /quality-reviews/<int:review_id>/second-review": "asks for another opinion first",
    "PUT /supervision-opinions/<int:opinion_id>/receipt": "notes that an answer came",
}
"""What decides, consents or confirms by the name of its power and is not confirmed anew: why."""


def confirm(act: Act, request: Request, operation: str, reply: Response) -> None:
    """Let what has just been done stand, if it was confirmed or needs no confirmation.

    Refuses:
        StepUpNeeded: a legal act came without a step-up; says what to confirm, and by what means.
        StepUpRefused: its step-up is over, was used, or was taken for something else.
    """
    if operation not in LEGAL_ACTS or reply.status_code >= HTTPStatus.BAD_REQUEST:
        return
    deed = deed_of(request)
    token = request.headers.get(HEADER)
    if not token:
        raise StepUpNeeded(
            method=deed.method,
            path=deed.path,
            content_hash=deed.content_hash.hex(),
            means=[one.value for one in step_ups.means(act, site_of(request))],
        )
    step_ups.use(act, sessions.current(act), deed, token=token, operation=operation)


def deed_of(request: Request) -> Deed:
    """What a request does, to the letter: every byte of its address and of its body counts."""
    path = request.full_path if request.query_string else request.path
    return Deed.of(request.method, path, request.get_data())


def site_of(request: Request) -> Site | None:
    """The address the phone shows, if passkeys can be made for it: one the settings name.

    Without such a setting a passkey can be made on `localhost` alone: a name from the request
    would let a false site in between pass for this one.
    """
    named: tuple[str, ...] = current_app.extensions["settings"].public_urls
    shown = request.headers.get("Origin") or (*named, request.host_url.rstrip("/"))[0]
    if shown in named or (not named and _OWN_MACHINE.fullmatch(shown)):
        return Site(urlsplit(shown).hostname or "", shown)
    return None
