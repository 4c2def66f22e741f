"""A plea as its readers see it: the organ that there is one, the procuratorate how it stands."""

from typing import Any

from marshmallow import Schema, fields

from api.problems import reads_english
from api.proceedings import insider
from services.kernel.act import Act
from services.prosecutions import Prosecution, pleas
from services.prosecutions.pleas import Plea, PleaStanding
from services.sentencing import (
    CivilClaim,
    LawyerKind,
    OpinionGiver,
    OpinionTopic,
    PleaExemption,
    TrialProcedure,
    as_plain,
)


class HeardSchema(Schema):
    """On what somebody was heard."""

    giver = fields.Enum(OpinionGiver, by_value=True, required=True)
    topics = fields.List(fields.Enum(OpinionTopic, by_value=True), required=True)


class PleaProblemSchema(Schema):
    """Something that is still missing before the statement may be signed."""

    code = fields.String(required=True, metadata={"example": "opinion_not_heard"})
    text = fields.String(required=True)
    article = fields.String(required=True, metadata={"example": "刑诉法173条2款"})


class PleaDetailsSchema(Schema):
    """What stands of the plea, for the procuratorate only."""

    lawyer = fields.Enum(LawyerKind, by_value=True, required=True, allow_none=True)
    refuses_help = fields.Boolean(required=True)
    lawyer_notified = fields.Boolean(required=True)
    lawyer_by = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Until when the legal-aid body names a duty lawyer."},
    )
    reviewed = fields.Boolean(required=True)
    heard = fields.List(fields.Nested(HeardSchema), required=True)
    recorded = fields.Boolean(required=True)
    has_victim = fields.Boolean(required=True)
    recommendation = fields.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "As the step `recommend` takes it.",
            "example": {"penalty": {"main": "imprisonment", "term": {"months": 8}}},
        },
    )
    recommended = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The recommendation in words.", "example": "有期徒刑八个月"},
    )
    procedure = fields.Enum(TrialProcedure, by_value=True, required=True, allow_none=True)
    civil_claim = fields.Enum(CivilClaim, by_value=True, required=True, allow_none=True)
    exemption = fields.Enum(PleaExemption, by_value=True, required=True, allow_none=True)
    exemptions = fields.List(
        fields.Enum(PleaExemption, by_value=True),
        required=True,
        metadata={"description": "Why no statement need be signed, as far as is known."},
    )
    missing = fields.List(fields.Nested(PleaProblemSchema), required=True)


class PleaSchema(Schema):
    """The plea (认罪认罚): the organ reads that there is one, the procuratorate the rest."""

    standing = fields.Enum(PleaStanding, by_value=True, required=True)
    stated = fields.Boolean(
        required=True, metadata={"description": "The organ stated a plea with the transfer."}
    )
    details = fields.Nested(PleaDetailsSchema, required=True, allow_none=True)


_KEPT = (
    "lawyer",
    "refuses_help",
    "lawyer_notified",
    "lawyer_by",
    "reviewed",
    "heard",
    "recorded",
    "has_victim",
    "procedure",
    "civil_claim",
    "exemption",
)


def plea_shown(act: Act, prosecution: Prosecution) -> dict[str, Any]:
    """The plea as this reader may see it."""
    plea = pleas.of(prosecution)
    return {
        "standing": plea.standing,
        "stated": pleas.stated(prosecution),
        "details": _details(act, prosecution, plea) if insider(act, prosecution) else None,
    }


def _details(act: Act, prosecution: Prosecution, plea: Plea) -> dict[str, Any]:
    english, recommendation = reads_english(), plea.recommendation
    missing = pleas.missing(act, prosecution) if plea.stands and not plea.settled else ()
    return {
        **{name: getattr(plea, name) for name in _KEPT},
        "recommendation": recommendation and as_plain(recommendation),
        "recommended": recommendation and (recommendation.en if english else recommendation.zh),
        "exemptions": pleas.exempt_for(act, prosecution),
        "missing": [
            {
                "code": one.code.value,
                "text": one.en if english else one.zh,
                "article": one.article if english else one.article_zh,
            }
            for one in missing
        ],
    }
