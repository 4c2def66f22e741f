"""The words that the auditor's phone needs to show the journal, taken from the glossary's terms.

The phone has most words in `mobile_stub/src/kit/words.ts`, and the glossary reads them there. What
an entry of the journal is called stands in `jiantong/docs/terms.py`, and the phone reads it here.
"""

import json

from jiantong.docs import found, terms
from services.kernel.act import EVENTS
from services.kernel.chain import subject_of

CODES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "activities": {"kind": "ActivityKind", "because": "WithoutBecause"},
    "appointments": {"post": "PostKind", "reason": "PostEndReason"},
    "arrest_reviews": {
        "outcome": ("Proposal", "ReceiptOutcome"),
        "proposal": "Proposal",
        "refusal_kind": "RefusalKind",
    },
    "assignments": {"ground": ("RecusalGround", "ShareGround"), "list": "CaseList"},
    "committees": {
        "state": "CommitteeState",
        "decision": "Ballot",
        "ground": "MatterGround",
        "seat": "Seat",
    },
    "conferences": {"form": "ConferenceForm"},
    "consultations": {"kind": "ConsultationKind", "side": "ConsultationSide"},
    "deadlines": {"tier": "Tier"},
    "devices": {"reason": "FreeReason"},
    "draws": {"stratum": "Expertise", "because": ("UnfilledBecause", "KeptOut")},
    "emergency_accesses": {"reason": "EmergencyReason"},
    "enrolments": {"purpose": "CodePurpose", "reason": ("EnrolmentEnd", "CodeEnd")},
    "interrogations": {
        "kind": ("ChangeKind", "ReadinessKind", "BookingKind", "NoticeKind"),
        "because": ("NotHeldBecause", "LostBecause", "ChangeCause"),
        "ground": ("InterrogationGround", "UrgentGround"),
        "how": "IdentityCheck",
        "state": "DisplacementState",
    },
    "escalations": {"rung": "LadderRung", "urgency": "Urgency"},
    "invitations": {
        "attending": "Attending",
        "because": ("RecusalBecause", "LateBecause"),
        "raised_by": "RaisedBy",
    },
    "memberships": {"reason": ("SplitReason", "LinkReason")},
    "monitoring": {"grade": "Grade", "route": "PostKind"},
    "oversight": {"kind": "OversightAnswerKind"},
    "participants": {"kind": "ParticipantKind"},
    "participation": {"every": "ReportingPeriod"},
    "people": {"kind": "PostKind"},
    "proceedings": {"remark_kind": "RemarkKind", "state": ("ReviewState", "ProsecutionState")},
    "public_hearings": {
        "ground": "InviteGround",
        "majority": "OfficerPosition",
        "form": "PublicHearingForm",
        "matter": "PublicMatter",
        "following": "Following",
        "because": "WithoutBecause",
    },
    "quality_reviews": {
        "grade": "QualityGrade",
        "outcome": "ObjectionOutcome",
        "ground": "RecusalGround",
        "kind": "SamplingKind",
    },
    "resources": {"kind": "ResourceKind"},
    "sessions": {"reason": "EndReason"},
    "step_ups": {"means": "Means"},
    "supervision_opinions": {
        "ruling": "SupervisionRuling",
        "adoption": "Adoption",
        "because": "UnsealedBecause",
    },
    "supervisors": {"ground": "RemovalGround", "because": "EndedBecause"},
}
"""By chain and by what an entry says: the lists its codes are of, the likeliest first."""


def page() -> str:
    """Each chain of the journal in Chinese, the kinds of its entries, and the codes they hold."""
    found.modules()
    said = {
        subject: {"word": terms.SLICES[subject][0], "kinds": kinds, "codes": _codes(subject)}
        for subject, kinds in sorted(_kinds().items())
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _kinds() -> dict[str, dict[str, str]]:
    kinds: dict[str, dict[str, str]] = {}
    for name in sorted(terms.EVENTS):
        if name in EVENTS:  # a term without an event is found by the glossary's own test
            kinds.setdefault(subject_of(name, 0).slice, {})[name] = terms.EVENTS[name]
    return kinds


def _codes(subject: str) -> dict[str, dict[str, str]]:
    lists = found.code_lists()
    codes = {}
    for said, names in CODES.get(subject, {}).items():
        words: dict[str, str] = {}
        for name in (names,) if isinstance(names, str) else names:
            words = terms.words_of(lists[name]) | words
        codes[said] = words
    if subject == "proceedings":  # its tables name their own steps
        codes["step"] = dict(
            sorted((terms.STEPS["arrest_reviews"] | terms.STEPS["prosecutions"]).items())
        )
    return codes
