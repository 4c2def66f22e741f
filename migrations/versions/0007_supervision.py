"""Supervision: people's supervisors, their activities, the draw, papers, opinions, hearings, reviews.

What a supervisor said is never changed, nor what was answered, once it was; who read a page is added
to and never taken back.

Revision: 0007, after 0006. Forward only: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "packet_views",
    "performance_reports",
    "performance_lines",
    "draw_exclusions",
    "draw_candidates",
    "draw_changes",
)
WHAT_WAS_SAID_STAYS = """
CREATE FUNCTION refuse_change_of_supervision_opinion() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.way, NEW.procuratorate_id, NEW.organ_id, NEW.supervisor_id, NEW.activity_id, NEW.invitation_id, NEW.facts_view, NEW.facts_words, NEW.evidence_view, NEW.evidence_words, NEW.handling_view, NEW.handling_words, NEW.overall, NEW.words, NEW.case_number, NEW.submitted_at, NEW.salt, NEW.sha256) IS DISTINCT FROM ROW(OLD.way, OLD.procuratorate_id, OLD.organ_id, OLD.supervisor_id, OLD.activity_id, OLD.invitation_id, OLD.facts_view, OLD.facts_words, OLD.evidence_view, OLD.evidence_words, OLD.handling_view, OLD.handling_words, OLD.overall, OLD.words, OLD.case_number, OLD.submitted_at, OLD.salt, OLD.sha256)
    OR (OLD.unsealed_at IS NOT NULL AND ROW(NEW.unsealed_at) IS DISTINCT FROM ROW(OLD.unsealed_at))
    OR (OLD.answered_at IS NOT NULL AND ROW(NEW.answered_at, NEW.answered_by, NEW.adoption, NEW.answer, NEW.receipt_by_on) IS DISTINCT FROM ROW(OLD.answered_at, OLD.answered_by, OLD.adoption, OLD.answer, OLD.receipt_by_on))
    OR (OLD.receipted_at IS NOT NULL AND ROW(NEW.receipted_at) IS DISTINCT FROM ROW(OLD.receipted_at))
    OR (OLD.lapsed_at IS NOT NULL AND ROW(NEW.lapsed_at) IS DISTINCT FROM ROW(OLD.lapsed_at))
    OR (OLD.objected_at IS NOT NULL AND ROW(NEW.objected_at, NEW.objection) IS DISTINCT FROM ROW(OLD.objected_at, OLD.objection))
    OR (OLD.decided_at IS NOT NULL AND ROW(NEW.decided_at, NEW.decided_by, NEW.ruling, NEW.ruling_reasons) IS DISTINCT FROM ROW(OLD.decided_at, OLD.decided_by, OLD.ruling, OLD.ruling_reasons))
  THEN RAISE EXCEPTION 'what a people''s supervisor said, and was told, is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_said_stays BEFORE UPDATE OR DELETE ON supervision_opinions
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_supervision_opinion();
CREATE TRIGGER append_only BEFORE TRUNCATE ON supervision_opinions
EXECUTE FUNCTION refuse_change()
"""
WHAT_WAS_DRAWN_STAYS = """
CREATE FUNCTION refuse_change_of_draw() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'DELETE' OR ROW(NEW.activity_id, NEW.strata, NEW.pool_sha256, NEW.seed, NEW.commitment, NEW.published_at, NEW.published_by) IS DISTINCT FROM ROW(OLD.activity_id, OLD.strata, OLD.pool_sha256, OLD.seed, OLD.commitment, OLD.published_at, OLD.published_by)
    OR (OLD.witnessed_at IS NOT NULL AND ROW(NEW.nonce, NEW.witness_sha256, NEW.witnessed_at, NEW.witnessed_by) IS DISTINCT FROM ROW(OLD.nonce, OLD.witness_sha256, OLD.witnessed_at, OLD.witnessed_by))
    OR (OLD.held_at IS NOT NULL AND ROW(NEW.nonce, NEW.witness_sha256, NEW.witnessed_at, NEW.witnessed_by, NEW.state, NEW.held_at, NEW.held_by, NEW.orders) IS DISTINCT FROM ROW(OLD.nonce, OLD.witness_sha256, OLD.witnessed_at, OLD.witnessed_by, OLD.state, OLD.held_at, OLD.held_by, OLD.orders))
  THEN RAISE EXCEPTION 'what was committed to, witnessed and drawn is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_drawn_stays BEFORE UPDATE OR DELETE ON draws
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_draw();
CREATE TRIGGER append_only BEFORE TRUNCATE ON draws
EXECUTE FUNCTION refuse_change()
"""
WHAT_WAS_REPORTED_STAYS = """
CREATE FUNCTION refuse_change_of_periodic_report() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF OLD.sent_at IS NOT NULL AND (TG_OP = 'DELETE' OR
     ROW(NEW.procuratorate_id, NEW.organ_id, NEW.from_on, NEW.until_on, NEW.words, NEW.numbers,
         NEW.sha256, NEW.sent_at, NEW.sent_by)
     IS DISTINCT FROM
     ROW(OLD.procuratorate_id, OLD.organ_id, OLD.from_on, OLD.until_on, OLD.words, OLD.numbers,
         OLD.sha256, OLD.sent_at, OLD.sent_by))
  THEN RAISE EXCEPTION 'what was reported to the organ is never changed';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER what_was_reported_stays BEFORE UPDATE OR DELETE ON periodic_reports
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_periodic_report()
"""


def upgrade() -> None:
    op.create_table(
        "periodic_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column(
            "every",
            sa.Enum(
                "quarter", "half_year", "year", name="reportingperiod", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "sent",
                "acknowledged",
                name="periodicreportstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("drafted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=True),
        sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("procuratorate_id"), "="),
            (sa.literal_column("organ_id"), "="),
            (sa.literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            using="gist",
            name="periodic_reports_never_twice",
        ),
        sa.CheckConstraint(
            "(state = 'acknowledged') = (acknowledged_at IS NOT NULL)",
            name="periodic_reports_acknowledged",
        ),
        sa.CheckConstraint(
            "(state = 'drafted') = (sent_at IS NULL) AND (sent_at IS NULL) = (numbers IS NULL) AND (sent_at IS NULL) = (sha256 IS NULL)",
            name="periodic_reports_frozen_when_sent",
        ),
        sa.CheckConstraint("from_on < until_on", name="periodic_reports_some_days"),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "periodic_reports_by_organ", "periodic_reports", ["organ_id", "state", "id"], unique=False
    )
    op.create_index(
        "periodic_reports_by_procuratorate",
        "periodic_reports",
        ["procuratorate_id", "id"],
        unique=False,
    )
    op.create_table(
        "quality_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("procuratorate_id", "edition", name="quality_forms_one_edition"),
    )
    op.create_table(
        "quality_practices",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("once", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("correction_days", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer_days BETWEEN 1 AND 30", name="quality_practices_answer"),
        sa.CheckConstraint("correction_days BETWEEN 1 AND 30", name="quality_practices_correct"),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("procuratorate_id"),
    )
    op.create_table(
        "reporting_practices",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "every",
            sa.Enum(
                "quarter", "half_year", "year", name="reportingperiod", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("procuratorate_id"),
    )
    op.create_table(
        "supervision_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "delivered",
                "replaced",
                name="supervisionplanstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("drafted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("delivered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("delivered_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'drafted') = (delivered_at IS NULL)",
            name="supervision_plans_delivered_at_a_moment",
        ),
        sa.ForeignKeyConstraint(
            ["delivered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "procuratorate_id", "organ_id", "year", "edition", name="supervision_plans_one_edition"
        ),
    )
    op.create_index(
        "supervision_plans_by_organ", "supervision_plans", ["organ_id", "year", "id"], unique=False
    )
    op.create_index(
        "supervision_plans_one_draft",
        "supervision_plans",
        ["procuratorate_id", "organ_id", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'drafted'"),
    )
    op.create_table(
        "supervision_practices",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("witness_minutes", sa.Integer(), nullable=False),
        sa.Column("packet_hours", sa.Integer(), nullable=False),
        sa.Column("opinion_hours", sa.Integer(), nullable=False),
        sa.Column("quorum_percent", sa.Integer(), nullable=False),
        sa.Column("silence_hours", sa.Integer(), nullable=False),
        sa.Column("receipt_days", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answer_hours BETWEEN 1 AND 168 AND witness_minutes BETWEEN 0 AND 1440 AND packet_hours BETWEEN 1 AND 336 AND opinion_hours BETWEEN 1 AND 336 AND quorum_percent BETWEEN 50 AND 100 AND silence_hours BETWEEN 1 AND 120 AND receipt_days BETWEEN 1 AND 30",
            name="supervision_practices_bounds",
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("procuratorate_id"),
    )
    op.create_table(
        "supervisors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "nominated",
                "serving",
                "suspended",
                "ended",
                "removed",
                "rejected",
                name="supervisorstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column(
            "education",
            sa.Enum(
                "below_high_school",
                "high_school",
                "college",
                "bachelor",
                "postgraduate",
                name="education",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "occupation",
            sa.Enum(
                "civil_servant",
                "public_institution",
                "enterprise",
                "self_employed",
                "farmer",
                "retired",
                "other",
                name="occupation",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("profession", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remote_able", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("term_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("term_from_on", sa.Date(), nullable=False),
        sa.Column("term_until_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "came_by",
            sa.Enum("application", "recommendation", name="cameby", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("entered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR state IN ('ended', 'removed')",
            name="supervisors_ended_only_when_over",
        ),
        sa.CheckConstraint("term_number IN (1, 2)", name="supervisors_two_terms_at_most"),
        sa.CheckConstraint(
            "term_until_on > term_from_on", name="supervisors_term_ends_after_start"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id"),
    )
    op.create_index("supervisors_by_end", "supervisors", ["state", "term_until_on"], unique=False)
    op.create_index("supervisors_by_id_number", "supervisors", ["id_number"], unique=False)
    op.create_index(
        "supervisors_by_organ", "supervisors", ["organ_id", "state", "id"], unique=False
    )
    op.create_index(
        "supervisors_one_organ_at_a_time",
        "supervisors",
        ["id_number"],
        unique=True,
        postgresql_where=sa.text("state IN ('nominated', 'serving', 'suspended')"),
    )
    op.create_table(
        "supervision_plan_lines",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "public_review",
                "court_appearance",
                "circuit_inspection",
                "proposal",
                "document_service",
                "quality_review",
                "standards_inspection",
                "briefing",
                "other",
                name="activitykind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("activities", sa.Integer(), nullable=False),
        sa.Column("supervisors", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "activities > 0 AND supervisors > 0", name="supervision_plan_lines_count"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["supervision_plans.id"],
        ),
        sa.PrimaryKeyConstraint("plan_id", "kind"),
    )
    op.create_table(
        "supervisor_expertise",
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "finance",
                "medicine",
                "cyber",
                "environment",
                "minors",
                "intellectual_property",
                "engineering",
                "education",
                "sign_language",
                name="expertise",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("supervisor_id", "code"),
    )
    op.create_table(
        "supervisor_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("taken_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "supervisor_steps_by_supervisor", "supervisor_steps", ["supervisor_id", "id"], unique=False
    )
    op.create_table(
        "supervisor_trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours BETWEEN 1 AND 200", name="supervisor_trainings_hours"),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "supervisor_trainings_by_supervisor",
        "supervisor_trainings",
        ["supervisor_id", "id"],
        unique=False,
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "public_review",
                "court_appearance",
                "circuit_inspection",
                "proposal",
                "document_service",
                "quality_review",
                "standards_inspection",
                "briefing",
                "other",
                name="activitykind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "complaint_review",
                "non_prosecution_review",
                "necessity_review",
                "arrest_hearing",
                "administrative_hearing",
                name="inviteground",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "requested",
                "drawing",
                "staffed",
                "under_way",
                "ended",
                "closed",
                "cancelled",
                "without",
                name="activitystate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.Column("planned_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "present", "remote", "either", name="activityform", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("requested_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("notice_by_on", sa.Date(), nullable=True),
        sa.Column("short_notice_by_on", sa.Date(), nullable=True),
        sa.Column("short_notice_reason", sa.Text(), nullable=True),
        sa.Column("consented_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("consented_by", sa.Integer(), nullable=True),
        sa.Column("short_notice_refused", sa.Text(), nullable=True),
        sa.Column("fewer_because", sa.Text(), nullable=True),
        sa.Column("silent_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("missed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("opinions_due_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("began_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.Column(
            "without_because",
            sa.Enum(
                "no_time_for_notice",
                "pool_too_small",
                "all_declined",
                "organ_silent",
                "organ_refused",
                "other",
                name="withoutbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("without_words", sa.Text(), nullable=True),
        sa.Column("crowding_deadline_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') <= (cancelled_because IS NOT NULL)",
            name="activities_cancelled_for_a_reason",
        ),
        sa.CheckConstraint(
            "(state = 'without') = (without_because IS NOT NULL)",
            name="activities_without_for_a_reason",
        ),
        sa.CheckConstraint(
            "form <> 'present' OR place IS NOT NULL", name="activities_present_at_a_place"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="activities_end_after_start"),
        sa.CheckConstraint("wanted > 0", name="activities_want_somebody"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consented_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["crowding_deadline_id"],
            ["deadlines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "activities_ahead",
        "activities",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('planned', 'requested', 'drawing', 'staffed')"),
    )
    op.create_index("activities_by_case", "activities", ["case_id"], unique=False)
    op.create_index(
        "activities_by_organ", "activities", ["organ_id", "starts_at", "id"], unique=False
    )
    op.create_index(
        "activities_by_procuratorate",
        "activities",
        ["procuratorate_id", "starts_at", "id"],
        unique=False,
    )
    op.create_table(
        "activity_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column(
            "expertise",
            sa.Enum(
                "finance",
                "medicine",
                "cyber",
                "environment",
                "minors",
                "intellectual_property",
                "engineering",
                "education",
                "sign_language",
                name="expertise",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name="activity_needs_somebody"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("activity_id", "expertise", name="activity_needs_one_for_a_field"),
    )
    op.create_table(
        "draw_exclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column(
            "because",
            sa.Enum(
                "near_relative",
                "interest",
                "former_participant",
                "other_relation",
                name="recusalbecause",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("entered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("activity_id", "supervisor_id", name="draw_exclusions_once"),
    )
    op.create_table(
        "draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "published", "witnessed", "held", name="drawstate", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("strata", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pool_sha256", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("witness_sha256", sa.Text(), nullable=True),
        sa.Column("witnessed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("witnessed_by", sa.Integer(), nullable=True),
        sa.Column("held_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("orders", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'held') = (held_at IS NOT NULL) AND (state = 'held') = (held_by IS NOT NULL)",
            name="draws_held_by_somebody",
        ),
        sa.CheckConstraint(
            "(nonce IS NULL) = (witnessed_at IS NULL) AND (nonce IS NULL) = (witnessed_by IS NULL) AND (nonce IS NULL) = (witness_sha256 IS NULL)",
            name="draws_nonce_of_the_witness",
        ),
        sa.CheckConstraint("octet_length(seed) = 32", name="draws_seed_of_32_bytes"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["held_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["published_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["witnessed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("activity_id", name="draws_one_for_an_activity"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column(
            "stratum",
            sa.Enum(
                "finance",
                "medicine",
                "cyber",
                "environment",
                "minors",
                "intellectual_property",
                "engineering",
                "education",
                "sign_language",
                name="expertise",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("place_in_draw", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                "lapsed",
                "recused",
                "released",
                "attended",
                "absent",
                name="invitationstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("invited_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answer_by", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column(
            "attending",
            sa.Enum("present", "remote", name="attending", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("no_conflict_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("undertaking", sa.Text(), nullable=True),
        sa.Column("undertook_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column(
            "recused_because",
            sa.Enum(
                "near_relative",
                "interest",
                "former_participant",
                "other_relation",
                name="recusalbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column(
            "late_because",
            sa.Enum(
                "drawn_late",
                "declined",
                "lapsed",
                "recused",
                "barred",
                "moved",
                name="latebecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') <= (decline_reason IS NOT NULL)",
            name="invitations_declined_with_a_reason",
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["devices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "activity_id", "supervisor_id", name="invitations_once_for_an_activity"
        ),
    )
    op.create_index("invitations_by_state", "invitations", ["state", "answer_by"], unique=False)
    op.create_index(
        "invitations_by_supervisor", "invitations", ["supervisor_id", "id"], unique=False
    )
    op.create_table(
        "packets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "redacted",
                "checked",
                "released",
                "expired",
                "withdrawn",
                name="packetstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Integer(), nullable=False),
        sa.Column("redacted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("redacted_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("first_released_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("released_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("open_from", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("open_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') <= (withdrawn_because IS NOT NULL)",
            name="packets_withdrawn_for_a_reason",
        ),
        sa.CheckConstraint(
            "(state IN ('checked', 'released', 'expired')) <= (checked_by IS NOT NULL)",
            name="packets_released_when_checked",
        ),
        sa.CheckConstraint(
            "(state IN ('released', 'expired')) <= (open_until IS NOT NULL) AND (open_from IS NULL) = (open_until IS NULL)",
            name="packets_released_for_a_while",
        ),
        sa.CheckConstraint("checked_by <> redacted_by", name="packets_checked_by_another"),
        sa.CheckConstraint("open_until > open_from", name="packets_end_after_start"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["begun_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["redacted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["released_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("activity_id", name="packets_one_for_an_activity"),
    )
    op.create_index("packets_by_state", "packets", ["state", "open_until"], unique=False)
    op.create_table(
        "performance_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("reported_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("activity_id"),
    )
    op.create_table(
        "public_hearings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "public_review",
                "public_hearing",
                name="publichearingform",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "matter",
            sa.Enum(
                "complaint",
                "non_prosecution",
                "custody_necessity",
                "arrest_review",
                "administrative_litigation",
                "other",
                name="publicmatter",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("major_influence", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "noticed",
                "open",
                "deliberating",
                "concluded",
                "cancelled",
                name="publichearingstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("chaired_by", sa.Integer(), nullable=True),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.Column("planned_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("open_to_public", sa.Boolean(), nullable=False),
        sa.Column("open_because", sa.Text(), nullable=True),
        sa.Column("agenda", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intention", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column(
            "without_because",
            sa.Enum(
                "no_time_for_notice",
                "pool_too_small",
                "all_declined",
                "organ_silent",
                "organ_refused",
                "other",
                name="withoutbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("without_words", sa.Text(), nullable=True),
        sa.Column("short_because", sa.Text(), nullable=True),
        sa.Column("noticed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("deliberated_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("concluded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("concluded_by", sa.Integer(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("majority_opinion", sa.Text(), nullable=True),
        sa.Column("minority_opinion", sa.Text(), nullable=True),
        sa.Column("announced_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("announced_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_because IS NOT NULL)",
            name="public_hearings_cancelled_for_a_reason",
        ),
        sa.CheckConstraint(
            "(state = 'concluded') = (record IS NOT NULL)", name="public_hearings_on_record"
        ),
        sa.CheckConstraint(
            "NOT open_to_public OR matter NOT IN ('arrest_review', 'custody_necessity') OR open_because IS NOT NULL",
            name="public_hearings_opened_for_a_reason",
        ),
        sa.CheckConstraint(
            "(without_because IS NULL) = (without_words IS NULL)",
            name="public_hearings_without_for_a_reason",
        ),
        sa.CheckConstraint("ends_at > starts_at", name="public_hearings_end_after_start"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["announced_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["chaired_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["concluded_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("public_hearings_of_case", "public_hearings", ["case_id", "id"], unique=False)
    op.create_index(
        "public_hearings_of_office", "public_hearings", ["procuratorate_id", "id"], unique=False
    )
    op.create_index(
        "public_hearings_one_of_an_activity",
        "public_hearings",
        ["activity_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "quality_samplings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("routine", "key", "special", name="samplingkind", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "one_case",
                "one_category",
                "one_special",
                "one_year",
                name="samplingscope",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "announced",
                "drawn",
                "cancelled",
                name="samplingstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("once_key", sa.Text(), nullable=True),
        sa.Column("closed_from_on", sa.Date(), nullable=False),
        sa.Column("closed_until_on", sa.Date(), nullable=False),
        sa.Column(
            "case_kind",
            sa.Enum("arrest", "prosecution", name="casekind", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("charge_id", sa.Integer(), nullable=True),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column(
            "reviewers_from",
            sa.Enum(
                "own_office",
                "same_superior",
                "both",
                name="reviewersfrom",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frame", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("seed_hash", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("announced_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("announced_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'special') = (theme IS NOT NULL)", name="quality_samplings_special_theme"
        ),
        sa.CheckConstraint(
            "closed_until_on >= closed_from_on", name="quality_samplings_end_after_start"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["announced_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"],
            ["charges.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "procuratorate_id", "once_key", name="quality_samplings_once_for_a_scope"
        ),
    )
    op.create_index(
        op.f("ix_quality_samplings_activity_id"), "quality_samplings", ["activity_id"], unique=False
    )
    op.create_index(
        "quality_samplings_by_office", "quality_samplings", ["procuratorate_id", "id"], unique=False
    )
    op.create_table(
        "supervisor_allowances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="supervisor_allowances_of_some_money"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "supervisor_allowances_by_supervisor",
        "supervisor_allowances",
        ["supervisor_id", "id"],
        unique=False,
    )
    op.create_table(
        "draw_candidates",
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("excluded", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("served >= 0", name="draw_candidates_served"),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name="draw_candidates_weight"),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draws.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("draw_id", "supervisor_id"),
    )
    op.create_table(
        "draw_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "drawn",
                "barred",
                "out",
                "unfilled",
                "fewer",
                "reopened",
                name="seatchange",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("stratum", sa.Text(), nullable=True),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=True),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["supervisors.id"],
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draws.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draw_id", "ordinal", name="draw_changes_in_order"),
    )
    op.create_table(
        "packet_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "facts",
                "opinion",
                "proposal",
                "transcript",
                "words",
                "attachment",
                name="sourcekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("added_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["packets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "packet_documents_of_packet", "packet_documents", ["packet_id", "id"], unique=False
    )
    op.create_table(
        "packet_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("begins", sa.Boolean(), nullable=False),
        sa.Column("paragraphs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["packets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("packet_id", "number", name="packet_pages_once"),
    )
    op.create_table(
        "packet_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "suspect",
                "victim",
                "witness",
                "representative",
                "lawyer",
                "other",
                name="packetrole",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["packets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("packet_id", "ordinal", name="packet_people_one_ordinal"),
    )
    op.create_index(
        "packet_people_one_of_a_record",
        "packet_people",
        ["packet_id", "about_kind", "about_id"],
        unique=True,
    )
    op.create_table(
        "packet_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum("text", "image", name="viewform", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("viewed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["devices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["packets.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("packet_views_of_packet", "packet_views", ["packet_id", "id"], unique=False)
    op.create_table(
        "performance_lines",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column(
            "conduct",
            sa.Enum(
                "diligent",
                "ordinary",
                "late",
                "left_early",
                "absent_excused",
                "absent_unexcused",
                "breach",
                name="conduct",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["performance_reports.id"],
        ),
        sa.PrimaryKeyConstraint("report_id", "invitation_id"),
    )
    op.create_table(
        "public_hearing_officers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("noticed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column(
            "position",
            sa.Enum(
                "agree", "disagree", "other", name="officerposition", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("opined_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("signed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("unsigned_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(position IS NULL) = (opinion IS NULL)", name="public_hearing_officers_say_why"
        ),
        sa.CheckConstraint(
            "signed_at IS NULL OR unsigned_because IS NULL",
            name="public_hearing_officers_sign_or_say_why",
        ),
        sa.ForeignKeyConstraint(
            ["hearing_id"],
            ["public_hearings.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hearing_id", "name", "born_on", name="public_hearing_officers_once"),
    )
    op.create_index(
        op.f("ix_public_hearing_officers_hearing_id"),
        "public_hearing_officers",
        ["hearing_id"],
        unique=False,
    )
    op.create_table(
        "public_hearing_parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "suspect",
                "victim",
                "defender",
                "agent",
                "legal_representative",
                "police_officer",
                "appellant",
                "other",
                name="partykind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("noticed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hearing_id"],
            ["public_hearings.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_public_hearing_parties_hearing_id"),
        "public_hearing_parties",
        ["hearing_id"],
        unique=False,
    )
    op.create_table(
        "public_hearing_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column(
            "following",
            sa.Enum(
                "followed",
                "departed",
                "no_majority",
                name="following",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("stated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("stated_by", sa.Integer(), nullable=False),
        sa.Column(
            "consent",
            sa.Enum(
                "awaited", "given", "refused", name="departureconsent", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(following = 'departed') = (reasons IS NOT NULL)",
            name="public_hearing_results_departed_with_reasons",
        ),
        sa.CheckConstraint(
            "(reasons IS NULL) = (consent IS NULL)", name="public_hearing_results_departure_asked"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hearing_id"],
            ["public_hearings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stated_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "public_hearing_results_of_hearing",
        "public_hearing_results",
        ["hearing_id", "id"],
        unique=False,
    )
    op.create_index(
        "public_hearing_results_one_stands",
        "public_hearing_results",
        ["hearing_id"],
        unique=True,
        postgresql_where=sa.text("consent IS NULL OR consent <> 'refused'"),
    )
    op.create_table(
        "public_hearing_suspects",
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"],
            ["public_hearings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("hearing_id", "suspect_id"),
    )
    op.create_table(
        "quality_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sampling_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drawn",
                "under_review",
                "proposed",
                "notified",
                "objected",
                "second_review",
                "final",
                name="qualitystate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_office_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_out", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=True),
        sa.Column("began_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("saved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "proposed_grade",
            sa.Enum(
                "excellent",
                "qualified",
                "flawed",
                "basically_qualified",
                "unqualified",
                name="qualitygrade",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("proposed_words", sa.Text(), nullable=True),
        sa.Column("proposed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("returned_words", sa.Text(), nullable=True),
        sa.Column("notified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer_by_on", sa.Date(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("second_reviewer_id", sa.Integer(), nullable=True),
        sa.Column("second_office_id", sa.Integer(), nullable=True),
        sa.Column(
            "second_grade",
            sa.Enum(
                "excellent",
                "qualified",
                "flawed",
                "basically_qualified",
                "unqualified",
                name="qualitygrade",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("second_words", sa.Text(), nullable=True),
        sa.Column(
            "objection_outcome",
            sa.Enum("upheld", "dismissed", name="objectionoutcome", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("decision_words", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column(
            "grade",
            sa.Enum(
                "excellent",
                "qualified",
                "flawed",
                "basically_qualified",
                "unqualified",
                name="qualitygrade",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("final_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("final_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'final') = (grade IS NOT NULL)", name="quality_reviews_final_with_a_grade"
        ),
        sa.CheckConstraint(
            "(reviewer_id IS NULL) = (reviewer_office_id IS NULL)",
            name="quality_reviews_reviewer_of_an_office",
        ),
        sa.CheckConstraint(
            "reviewer_id <> handler_id AND second_reviewer_id <> handler_id",
            name="quality_reviews_not_ones_own",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["quality_forms.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sampling_id"],
            ["quality_samplings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["second_office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["second_reviewer_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", name="quality_reviews_once_for_a_case"),
    )
    op.create_index(
        "quality_reviews_by_handler", "quality_reviews", ["handler_id", "id"], unique=False
    )
    op.create_index(
        "quality_reviews_by_office",
        "quality_reviews",
        ["procuratorate_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "quality_reviews_by_reviewer", "quality_reviews", ["reviewer_id", "id"], unique=False
    )
    op.create_index(
        "quality_reviews_by_sampling", "quality_reviews", ["sampling_id", "id"], unique=False
    )
    op.create_index(
        "quality_reviews_by_second", "quality_reviews", ["second_reviewer_id", "id"], unique=False
    )
    op.create_table(
        "supervision_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("activity", "other", name="opinionway", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "sealed",
                "received",
                "to_answer",
                "answered",
                "objected",
                "receipted",
                "unreceipted",
                "decided",
                name="supervisionopinionstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("prosecutor_id", sa.Integer(), nullable=True),
        sa.Column(
            "facts_view",
            sa.Enum(
                "agree",
                "partly",
                "disagree",
                "no_view",
                name="opinionview",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("facts_words", sa.Text(), nullable=True),
        sa.Column(
            "evidence_view",
            sa.Enum(
                "agree",
                "partly",
                "disagree",
                "no_view",
                name="opinionview",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("evidence_words", sa.Text(), nullable=True),
        sa.Column(
            "handling_view",
            sa.Enum(
                "agree",
                "partly",
                "disagree",
                "no_view",
                name="opinionview",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("handling_words", sa.Text(), nullable=True),
        sa.Column(
            "overall",
            sa.Enum(
                "agree",
                "partly",
                "disagree",
                "no_view",
                name="opinionview",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("submitted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("unsealed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "adoption",
            sa.Enum(
                "adopted",
                "partly_adopted",
                "not_adopted",
                name="adoption",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("receipt_by_on", sa.Date(), nullable=True),
        sa.Column("receipted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lapsed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("objected_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "ruling",
            sa.Enum("adopted", "upheld", name="supervisionruling", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("ruling_reasons", sa.Text(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (adoption IS NULL) AND (answered_at IS NULL) = (answered_by IS NULL) AND (adoption IS NULL OR adoption = 'adopted' OR answer IS NOT NULL)",
            name="supervision_opinions_answered_with_reasons",
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (ruling IS NOT NULL) AND (ruling IS NULL) = (decided_at IS NULL) AND (ruling IS NULL) = (decided_by IS NULL) AND (ruling IS NULL) = (ruling_reasons IS NULL)",
            name="supervision_opinions_decided",
        ),
        sa.CheckConstraint(
            "(state = 'sealed') = (unsealed_at IS NULL)", name="supervision_opinions_sealed"
        ),
        sa.CheckConstraint(
            "(way = 'activity') = (invitation_id IS NOT NULL) AND (way = 'activity') = (activity_id IS NOT NULL) AND (way = 'activity') = (overall IS NOT NULL)",
            name="supervision_opinions_of_their_way",
        ),
        sa.CheckConstraint(
            "(objected_at IS NULL) = (objection IS NULL)", name="supervision_opinions_objected"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organ_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["prosecutor_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["supervisors.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invitation_id", name="supervision_opinions_one_for_an_invitation"),
    )
    op.create_index(
        "supervision_opinions_by_activity", "supervision_opinions", ["activity_id"], unique=False
    )
    op.create_index(
        "supervision_opinions_by_case", "supervision_opinions", ["case_id"], unique=False
    )
    op.create_index(
        "supervision_opinions_by_organ",
        "supervision_opinions",
        ["organ_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "supervision_opinions_by_procuratorate",
        "supervision_opinions",
        ["procuratorate_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "supervision_opinions_by_supervisor",
        "supervision_opinions",
        ["supervisor_id", "id"],
        unique=False,
    )
    op.create_table(
        "supervisor_recusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column(
            "because",
            sa.Enum(
                "near_relative",
                "interest",
                "former_participant",
                "other_relation",
                name="recusalbecause",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "raised_by",
            sa.Enum("procuratorate", "party", name="raisedby", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("reported_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "granted", "refused", "moot", name="recusaloutcome", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'refused') <= (reason IS NOT NULL)",
            name="supervisor_recusals_refused_with_a_reason",
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)", name="supervisor_recusals_decided"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "supervisor_recusals_one_open",
        "supervisor_recusals",
        ["invitation_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "packet_masks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "name",
                "name_found",
                "identity_number",
                "telephone",
                "bank_card",
                "plate",
                "account",
                "file_number",
                "long_number",
                "address",
                "born_on",
                "school",
                "parent",
                "by_eye",
                name="maskreason",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_because IS NULL)",
            name="packet_masks_lifted_for_a_reason",
        ),
        sa.CheckConstraint(
            "NOT (minor AND lifted_at IS NOT NULL)", name="packet_masks_of_a_minor_stay"
        ),
        sa.CheckConstraint("starts >= 0 AND ends > starts", name="packet_masks_cover_something"),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["packet_documents.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "packet_masks_of_document", "packet_masks", ["document_id", "starts"], unique=False
    )
    op.create_table(
        "performance_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "excellent",
                "qualified",
                "flawed",
                "basically_qualified",
                "unqualified",
                name="qualitygrade",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("noted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["quality_reviews.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("review_id", name="performance_notes_one_for_a_review"),
    )
    op.create_index(
        "performance_notes_by_office", "performance_notes", ["procuratorate_id", "id"], unique=False
    )
    op.create_index(
        "performance_notes_by_person", "performance_notes", ["person_id", "id"], unique=False
    )
    op.create_table(
        "public_hearing_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "statement",
                "question",
                "answer",
                name="statementkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "speaker",
            sa.Enum(
                "chair", "handler", "officer", "party", name="speaker", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(speaker = 'officer') = (officer_id IS NOT NULL) AND (speaker = 'party') = (party_id IS NOT NULL)",
            name="public_hearing_statements_of_somebody",
        ),
        sa.ForeignKeyConstraint(
            ["hearing_id"],
            ["public_hearings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["public_hearing_officers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["public_hearing_parties.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_public_hearing_statements_hearing_id"),
        "public_hearing_statements",
        ["hearing_id"],
        unique=False,
    )
    op.create_table(
        "quality_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "made", "verified", name="correctionstate", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("returned_words", sa.Text(), nullable=True),
        sa.Column("verified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') <= (verified_at IS NULL)", name="quality_corrections_verified_once"
        ),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["quality_reviews.id"],
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_quality_corrections_review_id"), "quality_corrections", ["review_id"], unique=False
    )
    op.create_index(
        "quality_corrections_by_person",
        "quality_corrections",
        ["person_id", "state", "id"],
        unique=False,
    )
    op.create_table(
        "quality_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("points_off", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.CheckConstraint("points_off >= 0", name="quality_findings_take_points"),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["quality_reviews.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_quality_findings_review_id"), "quality_findings", ["review_id"], unique=False
    )
    op.create_table(
        "quality_recusals",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "party_or_relative",
                "interest",
                "witness_or_defender",
                "other_relation",
                "improper_contact",
                name="recusalground",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["quality_reviews.id"],
        ),
        sa.PrimaryKeyConstraint("review_id", "person_id"),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
    op.execute(WHAT_WAS_SAID_STAYS)
    op.execute(WHAT_WAS_REPORTED_STAYS)
    op.execute(WHAT_WAS_DRAWN_STAYS)
