"""Trust at the door: phones with keys, three officers, a chained journal, a ledger of reading.

What stood in the journal before is chained in the order in which it was written. A delegation of
before was for everything that may be delegated, and says so now. An account belongs to the office of
its latest post.

Revision: 0009, after 0008.
"""

import hashlib
import json
from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

EVERY_MATTER = """'["arrest", "proceedings", "staffing", "oversight", "quality", "peoples_supervision", "consultations", "settings"]'"""
APPEND_ONLY = (
    "checkpoint_keys",
    "readings",
    "journal_checkpoints",
)
CHAINED = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_links
EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_unchained() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NOT EXISTS (SELECT FROM journal_links WHERE entry_id = NEW.id) THEN
    RAISE EXCEPTION 'an entry of the journal needs a link';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER chained AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse_unchained()
"""
LATEST_POST = """
UPDATE people SET office_id = latest.office_id
  FROM (SELECT DISTINCT ON (person_id) person_id, office_id FROM posts
         ORDER BY person_id, from_on DESC, id DESC) AS latest
 WHERE latest.person_id = people.id
"""
SLICES = {
    "AccountDisabled": "people",
    "ActivityCancelled": "activities",
    "ActivityClosed": "activities",
    "ActivityDrawPublished": "activities",
    "ActivityEnded": "activities",
    "ActivityLeftUnsupervised": "activities",
    "ActivityMoved": "activities",
    "ActivityPlanned": "activities",
    "ActivityRestated": "activities",
    "ActivityStaffed": "activities",
    "ActivityStartMissed": "activities",
    "ActivityStarted": "activities",
    "ActivityUnstaffed": "activities",
    "AppointmentConfirmed": "appointments",
    "AppointmentProposed": "appointments",
    "AppointmentRefused": "appointments",
    "AppointmentWithdrawn": "appointments",
    "AppropriateAdultDeclined": "interrogations",
    "ArrestDecided": "arrest_reviews",
    "ArrestRequestAccepted": "arrest_requests",
    "ArrestRequestCorrected": "arrest_requests",
    "ArrestRequestSubmitted": "arrest_requests",
    "AtOnceAwaited": "deadlines",
    "AttendanceFormProposed": "invitations",
    "AttendanceMarked": "invitations",
    "BlockEnded": "interrogations",
    "CalendarFeedOpened": "calendar_feeds",
    "CalendarFeedRevoked": "calendar_feeds",
    "CalendarNoticeConfirmed": "deadlines",
    "CalendarNoticeProposed": "deadlines",
    "CalendarNoticeRejected": "deadlines",
    "CalendarRecalculated": "deadlines",
    "CaseAccepted": "cases",
    "CaseAssigned": "assignments",
    "CaseClosed": "cases",
    "CaseDivided": "memberships",
    "CaseTeamEnded": "assignments",
    "CaseTeamFormed": "assignments",
    "CaseTeamJoined": "assignments",
    "CaseTeamMemberRemoved": "assignments",
    "CasesLinked": "memberships",
    "CasesMerged": "memberships",
    "CommitteeCounted": "committees",
    "CommitteeDecided": "committees",
    "CommitteeDecisionExecuted": "committees",
    "CommitteeFeedbackGiven": "committees",
    "CommitteeMatterDropped": "committees",
    "CommitteeMatterListed": "committees",
    "CommitteeMatterRaised": "committees",
    "CommitteeMemberExcused": "committees",
    "CommitteeMemberRegistered": "committees",
    "CommitteeMemberReleased": "committees",
    "CommitteeOpened": "committees",
    "CommitteeSpeechGiven": "committees",
    "CommitteeSummoned": "committees",
    "CommitteeVoteGiven": "committees",
    "ConferenceAsked": "conferences",
    "ConferenceCancelled": "conferences",
    "ConferenceClosed": "conferences",
    "ConferenceConvened": "conferences",
    "ConferenceDeparted": "conferences",
    "ConferenceOpinionGiven": "conferences",
    "ConferenceSettingsSet": "conferences",
    "ConsultationAccepted": "consultations",
    "ConsultationConcluded": "consultations",
    "ConsultationDeclined": "consultations",
    "ConsultationEvidenceCollected": "consultations",
    "ConsultationInvited": "consultations",
    "ConsultationLinked": "consultations",
    "ConsultationOffered": "consultations",
    "ConsultationOpinionGiven": "consultations",
    "ConsultationPracticeSet": "consultations",
    "ConsultationReassigned": "consultations",
    "ConsultationSuspectsRestated": "consultations",
    "ConsultationViewRecorded": "consultations",
    "CustodyExpired": "deadlines",
    "DeadlineExpired": "deadlines",
    "DeadlineNeared": "deadlines",
    "DelegationGiven": "delegations",
    "DelegationRevoked": "delegations",
    "DeviceFreed": "devices",
    "DeviceRegistered": "devices",
    "DisplacementObjected": "interrogations",
    "DrawHeld": "draws",
    "DrawPublished": "draws",
    "DrawSeatUnfilled": "draws",
    "DrawWitnessed": "draws",
    "DueDayPassed": "deadlines",
    "EmergencyAccessEnded": "emergency_accesses",
    "EmergencyAccessJustified": "emergency_accesses",
    "EmergencyAccessOpened": "emergency_accesses",
    "EmergencyAccessRejected": "emergency_accesses",
    "EmergencyPracticeSet": "emergency_accesses",
    "EngagementCancelled": "interrogations",
    "EngagementEntered": "interrogations",
    "EnrolmentCodeClosed": "enrolments",
    "EnrolmentCodeIssued": "enrolments",
    "EnrolmentCodeTried": "enrolments",
    "EnrolmentEnded": "enrolments",
    "FewerSupervisorsAccepted": "activities",
    "FewerSupervisorsAsked": "activities",
    "GroundNoted": "interrogations",
    "GroundWithdrawn": "interrogations",
    "HandlerChanged": "assignments",
    "HandlerRecused": "assignments",
    "InquiryCorrected": "inquiries",
    "InquiryRecorded": "inquiries",
    "InquiryReviewed": "inquiries",
    "InterrogationBooked": "interrogations",
    "InterrogationCancelled": "interrogations",
    "InterrogationChanged": "interrogations",
    "InterrogationDisplaced": "interrogations",
    "InterrogationEnded": "interrogations",
    "InterrogationFiled": "interrogations",
    "InterrogationLinkDropped": "interrogations",
    "InterrogationMissed": "interrogations",
    "InterrogationPaused": "interrogations",
    "InterrogationPracticeSet": "interrogations",
    "InterrogationResumed": "interrogations",
    "InterrogationStarted": "interrogations",
    "InterrogationUnbooked": "interrogations",
    "InvitationAccepted": "invitations",
    "InvitationDeclined": "invitations",
    "InvitationLapsed": "invitations",
    "InvitationReleased": "invitations",
    "InvitationRenewed": "invitations",
    "JurisdictionDoubted": "arrest_requests",
    "KitTested": "interrogations",
    "LastDaysReached": "deadlines",
    "LoadShareSet": "assignments",
    "MonitoringAnswered": "monitoring",
    "MonitoringOpened": "monitoring",
    "MonitoringReplied": "monitoring",
    "NoShowRecorded": "interrogations",
    "NomineePublished": "supervisors",
    "NomineeRejected": "supervisors",
    "ObjectionDecided": "interrogations",
    "OfficeChanged": "offices",
    "OfficeEntered": "offices",
    "OpinionFormCollected": "interrogations",
    "OpinionFormServed": "interrogations",
    "OpinionGiven": "arrest_reviews",
    "OpinionReturned": "arrest_reviews",
    "OversightAnswered": "oversight",
    "OversightNoteSet": "oversight",
    "PacketChanged": "packets",
    "PacketChecked": "packets",
    "PacketCovered": "packets",
    "PacketExpired": "packets",
    "PacketMaskLifted": "packets",
    "PacketRedacted": "packets",
    "PacketReleased": "packets",
    "PacketStarted": "packets",
    "PacketWithdrawn": "packets",
    "ParticipantCorrected": "participants",
    "ParticipantEntered": "participants",
    "ParticipantRecused": "interrogations",
    "ParticipantRetired": "participants",
    "PasskeyAdded": "passkeys",
    "PasskeyRemoved": "passkeys",
    "PasswordChanged": "sessions",
    "PasswordSet": "people",
    "PeopleImportConfirmed": "people_imports",
    "PeopleImportProposed": "people_imports",
    "PeopleImportRefused": "people_imports",
    "PerformanceReported": "activities",
    "PeriodicReportAcknowledged": "participation",
    "PeriodicReportDelivered": "participation",
    "PeriodicReportDrafted": "participation",
    "PeriodicReportOpened": "participation",
    "PersonCorrected": "people",
    "PersonEnrolled": "people",
    "PersonSexStated": "people",
    "PhoneEnrolled": "enrolments",
    "PlacesBlocked": "interrogations",
    "PlanAccepted": "plans",
    "PlanCancelled": "plans",
    "PlanImproved": "plans",
    "PlanProposed": "plans",
    "PoliceOpinionNoted": "interrogations",
    "PoolExhausted": "draws",
    "PostEnded": "appointments",
    "PostGiven": "people",
    "PowerListSet": "proceedings",
    "ProgressLooked": "oversight",
    "ProposalRaised": "proceedings",
    "ProposalReferred": "proceedings",
    "ProposalRefused": "proceedings",
    "ProposalReturned": "proceedings",
    "ProposalWithdrawn": "proceedings",
    "PublicHearingActivityLinked": "public_hearings",
    "PublicHearingCancelled": "public_hearings",
    "PublicHearingConcluded": "public_hearings",
    "PublicHearingDepartureConsented": "public_hearings",
    "PublicHearingDepartureRefused": "public_hearings",
    "PublicHearingNoticed": "public_hearings",
    "PublicHearingOpened": "public_hearings",
    "PublicHearingOpinionsRecorded": "public_hearings",
    "PublicHearingPlanned": "public_hearings",
    "PublicHearingQuestionsClosed": "public_hearings",
    "PublicHearingRestated": "public_hearings",
    "PublicHearingResultAnnounced": "public_hearings",
    "PublicHearingResultStated": "public_hearings",
    "PublicHearingStatementRecorded": "public_hearings",
    "PublicHearingWithoutSupervisorsRecorded": "public_hearings",
    "QualityCorrectionReturned": "quality_reviews",
    "QualityCorrectionVerified": "quality_reviews",
    "QualityDefectCorrected": "quality_reviews",
    "QualityFailureReferred": "quality_reviews",
    "QualityFormSet": "quality_reviews",
    "QualityGradeObjected": "quality_reviews",
    "QualityGradeProposed": "quality_reviews",
    "QualityHandlerNotified": "quality_reviews",
    "QualityObjectionDecided": "quality_reviews",
    "QualityPracticeSet": "quality_reviews",
    "QualityReviewConcluded": "quality_reviews",
    "QualityReviewFilled": "quality_reviews",
    "QualityReviewReturned": "quality_reviews",
    "QualityReviewStarted": "quality_reviews",
    "QualityReviewerNamed": "quality_reviews",
    "QualityReviewerRecused": "quality_reviews",
    "QualityReviewerWanted": "quality_reviews",
    "QualitySamplingAnnounced": "quality_reviews",
    "QualitySamplingCancelled": "quality_reviews",
    "QualitySamplingHeld": "quality_reviews",
    "QualitySamplingLinked": "quality_reviews",
    "QualitySecondOpinionGiven": "quality_reviews",
    "ReadinessItemReopened": "interrogations",
    "ReadinessItemTicked": "interrogations",
    "ReadinessItemWaived": "interrogations",
    "ReceiptReturned": "arrest_reviews",
    "RefreshTokenReused": "sessions",
    "RemarkGiven": "proceedings",
    "ReportAsked": "oversight",
    "ReportingPracticeSet": "participation",
    "ResourceChanged": "resources",
    "ResourceEntered": "resources",
    "ResourceRestored": "resources",
    "ResourceRetired": "resources",
    "RotationCommitted": "assignments",
    "RouteSet": "resources",
    "SeatArrived": "interrogations",
    "SecurityPracticeSet": "security_practices",
    "SessionEnded": "sessions",
    "SessionOpened": "sessions",
    "ShortNoticeConsentGiven": "activities",
    "ShortNoticeRefused": "activities",
    "SignInFailed": "sessions",
    "SittingNoticeGiven": "interrogations",
    "SlotHeld": "interrogations",
    "SlotReleased": "interrogations",
    "StepProposed": "proceedings",
    "StepTaken": "proceedings",
    "StepUpFailed": "step_ups",
    "StepUpTaken": "step_ups",
    "StepUpUsed": "step_ups",
    "SubstitutionOrderSet": "delegations",
    "SupervisionAnswerLapsed": "supervision_opinions",
    "SupervisionAnswerObjected": "supervision_opinions",
    "SupervisionAnswerReceipted": "supervision_opinions",
    "SupervisionObjectionDecided": "supervision_opinions",
    "SupervisionOpinionAnswered": "supervision_opinions",
    "SupervisionOpinionGiven": "supervision_opinions",
    "SupervisionOpinionReferred": "supervision_opinions",
    "SupervisionOpinionsUnsealed": "supervision_opinions",
    "SupervisionPlanDelivered": "supervision_plans",
    "SupervisionPlanDrafted": "supervision_plans",
    "SupervisionPracticeSet": "activities",
    "SupervisionProposalReceived": "supervision_opinions",
    "SupervisionRecorded": "inquiries",
    "SupervisionRequestUnanswered": "activities",
    "SupervisionRequested": "activities",
    "SupervisorAllowanceRecorded": "supervisors",
    "SupervisorAppointed": "supervisors",
    "SupervisorAvailabilityChanged": "supervisors",
    "SupervisorConflictReported": "invitations",
    "SupervisorEntryChanged": "supervisors",
    "SupervisorExcluded": "draws",
    "SupervisorInvited": "invitations",
    "SupervisorNominated": "supervisors",
    "SupervisorRecusalRefused": "invitations",
    "SupervisorRecused": "invitations",
    "SupervisorRegisterImported": "supervisors",
    "SupervisorReinstated": "supervisors",
    "SupervisorRemoved": "supervisors",
    "SupervisorServiceEnded": "supervisors",
    "SupervisorSuspended": "supervisors",
    "SupervisorTrainingRecorded": "supervisors",
    "SupplementAnswered": "arrest_requests",
    "SupplementRequested": "arrest_requests",
    "SuspectAdded": "memberships",
    "SuspectIdentified": "cases",
    "SuspectIdentityChecked": "interrogations",
    "SuspectMoved": "memberships",
    "SuspectTransferred": "interrogations",
    "ThresholdPassed": "deadlines",
    "TranscriptCompleted": "transcripts",
    "TranscriptCorrected": "transcripts",
    "TranscriptFixed": "transcripts",
    "TranscriptMarked": "transcripts",
    "TranscriptOpened": "transcripts",
    "TranscriptRefusalNoted": "transcripts",
    "TranscriptReopened": "transcripts",
    "TranscriptStatementAttached": "transcripts",
    "TransferAccepted": "transfers",
    "TransferSubmitted": "transfers",
    "TransferSupplementRequested": "transfers",
    "TransferSupplemented": "transfers",
    "UndertakingGiven": "invitations",
    "UnenrolledPhoneRefused": "sessions",
    "UnreadinessNoticed": "interrogations",
    "UrgentInterrogationBooked": "interrogations",
    "WaitingEscalated": "interrogations",
    "WarningsSet": "deadlines",
    "HandoverTaken": "handovers",
    "ZeroReportDeclared": "inquiries",
}
"""Of which slice an event was, by its name: what the entries of before are chained by."""


def upgrade() -> None:
    op.create_table(
        "checkpoint_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "algorithm",
            sa.Enum("ed25519", "sm2", name="signing", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "journal_heads",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "algorithm",
            sa.Enum("sha256", "sm3", name="digest", native_enum=False, length=80),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("subject", "about_id"),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("hour", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column(
            "right",
            sa.Enum(
                "post", "delegation", "emergency", name="readingright", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("emergency_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "person_id", "session_id", "case_id", "hour", "route", name="readings_once_an_hour"
        ),
    )
    op.create_index("readings_by_hour", "readings", ["procuratorate_id", "hour"], unique=False)
    op.create_index("readings_of_case", "readings", ["case_id", "id"], unique=False)
    op.create_index("readings_of_office", "readings", ["procuratorate_id", "id"], unique=False)
    op.create_table(
        "spent_challenges",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("spent_challenges_by_end", "spent_challenges", ["expires_at"], unique=False)
    op.create_table(
        "tries",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("waits_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("succeeded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("tries_by_age", "tries", ["changed_at"], unique=False)
    op.create_table(
        "journal_checkpoints",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("chains", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "algorithm",
            sa.Enum("sha256", "sm3", name="digest", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(id = 1) = (previous IS NULL)", name="journal_checkpoints_first"),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["checkpoint_keys.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "journal_links",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "algorithm",
            sa.Enum("sha256", "sm3", name="digest", native_enum=False, length=80),
            nullable=False,
        ),
        sa.CheckConstraint("(seq = 1) = (previous IS NULL)", name="journal_links_first_has_none"),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal.id"],
        ),
        sa.PrimaryKeyConstraint("entry_id"),
        sa.UniqueConstraint("subject", "about_id", "seq", name="journal_links_one_place"),
    )
    op.create_table(
        "case_teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("formed_by", sa.Integer(), nullable=False),
        sa.Column("formed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="case_teams_end"),
        sa.ForeignKeyConstraint(
            ["formed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_case_teams_procuratorate_id"), "case_teams", ["procuratorate_id"], unique=False
    )
    op.create_table(
        "emergency_practices",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("hours BETWEEN 1 AND 4", name="emergency_practices_bounds"),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("office_id"),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "enrol",
                "first_password",
                "forgotten_password",
                name="codepurpose",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("issued_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "close_reason",
            sa.Enum(
                "spent",
                "replaced",
                "exhausted",
                "withdrawn",
                name="codeend",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (close_reason IS NULL)", name="enrolment_codes_closed_or_living"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "enrolment_codes_one_living",
        "enrolment_codes",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("x", sa.Text(), nullable=False),
        sa.Column("y", sa.Text(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum("android", "ios", "web", name="platform", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enrolled_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_used_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "removed", "lost", "by_office", name="enrolmentend", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name="enrolments_ended_or_living"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("enrolments_by_person", "enrolments", ["person_id"], unique=False)
    op.create_index("enrolments_one_key", "enrolments", ["thumbprint"], unique=True)
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handovers_by_office", "handovers", ["procuratorate_id", "id"], unique=False)
    op.create_index("handovers_by_person", "handovers", ["person_id", "id"], unique=False)
    op.create_table(
        "load_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "leadership",
                "department",
                "other_duties",
                "part_time",
                "full_load",
                name="shareground",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name="load_shares_percent"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "load_shares_by_person",
        "load_shares",
        ["procuratorate_id", "person_id", "from_on", "id"],
        unique=False,
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("added_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("sign_count >= 0", name="passkeys_count_up"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index("passkeys_of_person", "passkeys", ["person_id"], unique=False)
    op.create_table(
        "people_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "refused",
                name="peopleimportstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("proposed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="people_imports_answered"
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)",
            name="people_imports_refused_with_a_reason",
        ),
        sa.CheckConstraint("answered_by <> proposed_by", name="people_imports_seen_by_two"),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("people_imports_by_office", "people_imports", ["office_id", "id"], unique=False)
    op.create_table(
        "security_practices",
        sa.Column("office_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enrolled_only", sa.Boolean(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("office_id"),
    )
    op.create_table(
        "substitution_orders",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("substitutes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("matters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.Column("ordered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("office_id"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "police_officer",
                "commission_officer",
                "case_manager",
                "prosecutor",
                "department_head",
                "chief_procurator",
                "acting_chief",
                "assistant",
                "clerk",
                "execution_supervisor",
                "detention_officer",
                "supervisor",
                "justice_officer",
                "administrator",
                "security_officer",
                "auditor",
                "inspector",
                name="postkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "refused",
                "withdrawn",
                "ended",
                name="appointmentstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "transferred",
                "resigned",
                "retired",
                "security",
                "mistaken",
                name="postendreason",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="appointments_ended"),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="appointments_answered"
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (reason IS NOT NULL)", name="appointments_refused_with_a_reason"
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR answered_by <> proposed_by",
            name="appointments_seen_by_two",
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name="appointments_by_somebody"
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name="appointments_end_after_start"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "appointments_by_office", "appointments", ["office_id", "state", "id"], unique=False
    )
    op.create_index("appointments_by_person", "appointments", ["person_id", "id"], unique=False)
    op.create_index("appointments_by_post", "appointments", ["post_id"], unique=False)
    op.create_index(
        "appointments_one_proposed",
        "appointments",
        ["person_id", "office_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "case_team_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("person_id"), "="),
            (sa.literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            using="gist",
            name="case_team_members_one_team",
        ),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="case_team_members_end"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["case_teams.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_case_team_members_team_id"), "case_team_members", ["team_id"], unique=False
    )
    op.create_table(
        "emergency_accesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "deadline_ends",
                "person_in_danger",
                "custody_unlawful",
                "evidence_at_risk",
                "other",
                name="emergencyreason",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("opens", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("review_by_on", sa.Date(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "justified", "not_justified", name="emergencyfinding", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("finding_words", sa.Text(), nullable=True),
        sa.Column("reviewed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("person_id"), "="),
            (sa.literal_column("case_id"), "="),
            (sa.literal_column("tstzrange(opened_at, until_at)"), "&&"),
            using="gist",
            name="emergency_accesses_one_at_a_time",
        ),
        sa.CheckConstraint(
            "(finding IS NULL) = (reviewed_at IS NULL) AND (finding IS NULL) = (reviewed_by IS NULL) AND reviewed_by <> person_id",
            name="emergency_accesses_reviewed_by_another",
        ),
        sa.CheckConstraint("until_at >= opened_at", name="emergency_accesses_end_after_start"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "emergency_accesses_of_case", "emergency_accesses", ["case_id", "id"], unique=False
    )
    op.create_index(
        "emergency_accesses_of_office",
        "emergency_accesses",
        ["procuratorate_id", "id"],
        unique=False,
    )
    op.create_index(
        "emergency_accesses_of_person",
        "emergency_accesses",
        ["person_id", "until_at"],
        unique=False,
    )
    op.create_table(
        "handover_cases",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("handover_id", "case_id"),
    )
    op.create_index(op.f("ix_handover_cases_case_id"), "handover_cases", ["case_id"], unique=False)
    op.create_index(op.f("ix_handover_cases_to_id"), "handover_cases", ["to_id"], unique=False)
    op.create_table(
        "imported_appointments",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["people_imports.id"],
        ),
        sa.PrimaryKeyConstraint("import_id", "appointment_id"),
    )
    op.create_index(
        op.f("ix_imported_appointments_appointment_id"),
        "imported_appointments",
        ["appointment_id"],
        unique=False,
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_passkey_challenges_session_id"), "passkey_challenges", ["session_id"], unique=False
    )
    op.create_table(
        "step_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "means",
            sa.Enum("password", "passkey", name="means", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("passkey_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(means = 'passkey') = (passkey_id IS NOT NULL)", name="step_ups_by_means"
        ),
        sa.CheckConstraint("octet_length(content_hash) = 32", name="step_ups_of_a_sha256"),
        sa.ForeignKeyConstraint(
            ["passkey_id"],
            ["passkeys.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(op.f("ix_step_ups_person_id"), "step_ups", ["person_id"], unique=False)
    op.create_index(op.f("ix_step_ups_session_id"), "step_ups", ["session_id"], unique=False)
    op.add_column("arrest_decisions", sa.Column("delegation_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "arrest_decisions", "delegations", ["delegation_id"], ["id"])
    op.add_column("assignments", sa.Column("delegation_id", sa.Integer(), nullable=True))
    op.add_column("assignments", sa.Column("scheme", sa.Text(), nullable=True))
    op.add_column("assignments", sa.Column("team_id", sa.Integer(), nullable=True))
    op.add_column(
        "assignments",
        sa.Column(
            "member_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.create_foreign_key(None, "assignments", "case_teams", ["team_id"], ["id"])
    op.create_foreign_key(None, "assignments", "delegations", ["delegation_id"], ["id"])
    op.add_column(
        "delegations",
        sa.Column(
            "matters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text(EVERY_MATTER),
            nullable=False,
        ),
    )
    op.alter_column("delegations", "matters", server_default=None)
    op.add_column(
        "delegations", sa.Column("by_order", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index("delegations_by_post", "delegations", ["post_id"], unique=False)
    op.add_column("journal", sa.Column("delegation_id", sa.BigInteger(), nullable=True))
    op.create_index("journal_by_person", "journal", ["by_id", "id"], unique=False)
    op.add_column("offices", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index(op.f("ix_offices_superior_id"), "offices", ["superior_id"], unique=False)
    op.add_column("people", sa.Column("office_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_people_office_id"), "people", ["office_id"], unique=False)
    op.create_foreign_key(None, "people", "offices", ["office_id"], ["id"])
    op.add_column(
        "posts",
        sa.Column(
            "duty",
            sa.Enum(
                "work",
                "administration",
                "security",
                "audit",
                name="duty",
                native_enum=False,
                length=80,
            ),
            sa.Computed(
                "CASE kind WHEN 'administrator' THEN 'administration' WHEN 'security_officer' THEN 'security' WHEN 'auditor' THEN 'audit' ELSE 'work' END",
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.add_column("proposals", sa.Column("delegation_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "proposals", "delegations", ["delegation_id"], ["id"])
    op.add_column("refresh_tokens", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.add_column(
        "refresh_tokens", sa.Column("void_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.create_index("refresh_tokens_by_parent", "refresh_tokens", ["parent_id"], unique=False)
    op.create_foreign_key(None, "refresh_tokens", "refresh_tokens", ["parent_id"], ["id"])
    op.add_column(
        "rotation_loads",
        sa.Column("share", sa.Integer(), server_default=sa.text("100"), nullable=False),
    )
    op.add_column("sessions", sa.Column("enrolment_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_sessions_enrolment_id"), "sessions", ["enrolment_id"], unique=False)
    op.create_foreign_key(None, "sessions", "enrolments", ["enrolment_id"], ["id"])
    op.add_column("taken_steps", sa.Column("delegation_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "taken_steps", "delegations", ["delegation_id"], ["id"])
    op.create_exclude_constraint(
        "posts_duties_apart",
        "posts",
        (sa.literal_column("person_id"), "="),
        (sa.literal_column("duty"), "<>"),
        (sa.literal_column("daterange(from_on, until_on, '[]')"), "&&"),
        using="gist",
    )
    op.create_check_constraint(
        "delegations_for_something", "delegations", "jsonb_array_length(matters) > 0"
    )
    op.execute(LATEST_POST)
    chain_before(op.get_bind())
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
    op.execute(CHAINED)


def downgrade() -> None:
    op.execute("DROP TRIGGER chained ON journal")
    op.execute("DROP FUNCTION refuse_unchained() CASCADE")
    op.drop_constraint("posts_duties_apart", "posts")
    op.drop_constraint("delegations_for_something", "delegations")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "taken_steps", type_="foreignkey")
    op.drop_column("taken_steps", "delegation_id")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "sessions", type_="foreignkey")
    op.drop_index(op.f("ix_sessions_enrolment_id"), table_name="sessions")
    op.drop_column("sessions", "enrolment_id")
    op.drop_column("rotation_loads", "share")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "refresh_tokens", type_="foreignkey")
    op.drop_index("refresh_tokens_by_parent", table_name="refresh_tokens")
    op.drop_column("refresh_tokens", "void_at")
    op.drop_column("refresh_tokens", "parent_id")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "proposals", type_="foreignkey")
    op.drop_column("proposals", "delegation_id")
    op.drop_column("posts", "duty")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "people", type_="foreignkey")
    op.drop_index(op.f("ix_people_office_id"), table_name="people")
    op.drop_column("people", "office_id")
    op.drop_index(op.f("ix_offices_superior_id"), table_name="offices")
    op.drop_column("offices", "version")
    op.drop_index("journal_by_person", table_name="journal")
    op.drop_column("journal", "delegation_id")
    op.drop_index("delegations_by_post", table_name="delegations")
    op.drop_column("delegations", "by_order")
    op.drop_column("delegations", "matters")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "assignments", type_="foreignkey")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "assignments", type_="foreignkey")
    op.drop_column("assignments", "member_ids")
    op.drop_column("assignments", "team_id")
    op.drop_column("assignments", "scheme")
    op.drop_column("assignments", "delegation_id")
    # WARNING: constraint name is None; this directive will fail as
    # rendered.  Add a name, or use a naming convention; see
    # https://alembic.sqlalchemy.org/en/latest/naming.html
    op.drop_constraint(None, "arrest_decisions", type_="foreignkey")
    op.drop_column("arrest_decisions", "delegation_id")
    op.drop_index(op.f("ix_step_ups_session_id"), table_name="step_ups")
    op.drop_index(op.f("ix_step_ups_person_id"), table_name="step_ups")
    op.drop_table("step_ups")
    op.drop_index(op.f("ix_passkey_challenges_session_id"), table_name="passkey_challenges")
    op.drop_table("passkey_challenges")
    op.drop_index(
        op.f("ix_imported_appointments_appointment_id"), table_name="imported_appointments"
    )
    op.drop_table("imported_appointments")
    op.drop_index(op.f("ix_handover_cases_to_id"), table_name="handover_cases")
    op.drop_index(op.f("ix_handover_cases_case_id"), table_name="handover_cases")
    op.drop_table("handover_cases")
    op.drop_index("emergency_accesses_of_person", table_name="emergency_accesses")
    op.drop_index("emergency_accesses_of_office", table_name="emergency_accesses")
    op.drop_index("emergency_accesses_of_case", table_name="emergency_accesses")
    op.drop_table("emergency_accesses")
    op.drop_index(op.f("ix_case_team_members_team_id"), table_name="case_team_members")
    op.drop_table("case_team_members")
    op.drop_index(
        "appointments_one_proposed",
        table_name="appointments",
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.drop_index("appointments_by_post", table_name="appointments")
    op.drop_index("appointments_by_person", table_name="appointments")
    op.drop_index("appointments_by_office", table_name="appointments")
    op.drop_table("appointments")
    op.drop_table("substitution_orders")
    op.drop_table("security_practices")
    op.drop_index("people_imports_by_office", table_name="people_imports")
    op.drop_table("people_imports")
    op.drop_index("passkeys_of_person", table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index("load_shares_by_person", table_name="load_shares")
    op.drop_table("load_shares")
    op.drop_index("handovers_by_person", table_name="handovers")
    op.drop_index("handovers_by_office", table_name="handovers")
    op.drop_table("handovers")
    op.drop_index("enrolments_one_key", table_name="enrolments")
    op.drop_index("enrolments_by_person", table_name="enrolments")
    op.drop_table("enrolments")
    op.drop_index(
        "enrolment_codes_one_living",
        table_name="enrolment_codes",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("enrolment_codes")
    op.drop_table("emergency_practices")
    op.drop_index(op.f("ix_case_teams_procuratorate_id"), table_name="case_teams")
    op.drop_table("case_teams")
    op.drop_table("journal_links")
    op.drop_table("journal_checkpoints")
    op.drop_index("tries_by_age", table_name="tries")
    op.drop_table("tries")
    op.drop_index("spent_challenges_by_end", table_name="spent_challenges")
    op.drop_table("spent_challenges")
    op.drop_index("readings_of_office", table_name="readings")
    op.drop_index("readings_of_case", table_name="readings")
    op.drop_index("readings_by_hour", table_name="readings")
    op.drop_table("readings")
    op.drop_table("journal_heads")
    op.drop_table("checkpoint_keys")


def chain_before(connection: sa.Connection) -> None:
    """Chain what was written before there were chains, by the order of the entries (SHA-256)."""

    def instant(column: str) -> str:
        return (
            f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS {column}"
        )

    entries = sa.text(
        "SELECT id, kind, about_id, by_id, delegation_id, details::text AS details, "
        f"{instant('happened_at')}, {instant('recorded_at')} FROM journal ORDER BY id"
    )
    link = sa.text(
        "INSERT INTO journal_links (entry_id, subject, about_id, seq, previous, hash, algorithm) "
        "VALUES (:entry_id, :subject, :about_id, :seq, :previous, :hash, 'sha256')"
    )
    head = sa.text(
        "INSERT INTO journal_heads (subject, about_id, seq, hash, algorithm) "
        "VALUES (:subject, :about_id, :seq, :hash, 'sha256')"
    )
    ends: dict[tuple[str, int], tuple[int, bytes]] = {}
    links = []
    for entry in connection.execute(entries).mappings().all():
        subject = SLICES.get(entry["kind"], "retired"), entry["about_id"]
        seq, previous = ends.get(subject, (0, None))
        said = {
            "algorithm": "sha256",
            "subject": subject[0],
            "about_id": subject[1],
            "seq": seq + 1,
            "previous": previous.hex() if previous else None,
            "id": entry["id"],
            "kind": entry["kind"],
            "by_id": entry["by_id"],
            "happened_at": entry["happened_at"],
            "recorded_at": entry["recorded_at"],
            "delegation_id": entry["delegation_id"],
            "details": json.loads(entry["details"], parse_float=Decimal),
        }
        content = json.dumps(
            said,
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
            default=lambda number: {"decimal": str(number)},
        ).encode()
        hashed = hashlib.sha256(content).digest()
        ends[subject] = seq + 1, hashed
        links.append(
            {
                "entry_id": entry["id"],
                "subject": subject[0],
                "about_id": subject[1],
                "seq": seq + 1,
                "previous": previous,
                "hash": hashed,
            }
        )
    for first in range(0, len(links), 5000):
        connection.execute(link, links[first : first + 5000])
    heads = [
        {"subject": subject, "about_id": about, "seq": seq, "hash": hashed}
        for (subject, about), (seq, hashed) in ends.items()
    ]
    for first in range(0, len(heads), 5000):
        connection.execute(head, heads[first : first + 5000])
