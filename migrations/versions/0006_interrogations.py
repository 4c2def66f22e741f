"""Interrogations: what can be taken once, what is booked, and what came of each sitting.

One constraint keeps everything from being taken twice. What was told, what happened in the room and
the complete record of it are added to and never changed.

Revision: 0006, after 0005. Forward only: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "kit_tests",
    "sitting_notices",
    "sitting_events",
    "transcript_revisions",
    "transcript_editions",
    "transcript_pages",
    "transcript_corrections",
    "transcript_marks",
    "transcript_statements",
    "case_evidence",
)
CLOSED_WITH_THE_RECORD = (
    "transcript_lines",
    "transcript_revisions",
    "transcript_editions",
    "transcript_pages",
    "transcript_corrections",
    "transcript_marks",
    "transcript_statements",
)
NOTHING_AFTER_COMPLETION = """
CREATE FUNCTION refuse_change_of_complete_transcript() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF EXISTS (SELECT FROM transcripts WHERE state = 'complete' AND id = CASE TG_TABLE_NAME
    WHEN 'transcripts' THEN (to_jsonb(OLD) ->> 'id')::int
    ELSE (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> 'transcript_id')::int END)
  THEN RAISE EXCEPTION 'a complete record of interrogation is never changed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER complete_is_complete BEFORE UPDATE OR DELETE ON transcripts
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_complete_transcript()
"""


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interrogation",
                "block",
                "lawyer_meeting",
                "court",
                "transfer",
                "medical",
                name="bookingkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "held", "booked", "released", name="bookingstate", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("held_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("booked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=False),
        sa.Column("released_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'held') = (held_until IS NOT NULL)", name="bookings_held_until"
        ),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name="bookings_released_at"
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name="bookings_bounded",
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bookings_by_office", "bookings", ["office_id", "kind", "id"], unique=False)
    op.create_index(
        "bookings_held",
        "bookings",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "interrogation_practices",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("displacing", sa.Boolean(), nullable=False),
        sa.Column("apart_minutes", sa.Integer(), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("offer_minutes", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "hold_minutes BETWEEN 1 AND 60 AND offer_minutes BETWEEN 5 AND 1440 AND apart_minutes BETWEEN 0 AND 480",
            name="interrogation_practices_bounds",
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
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "improved",
                "accepted",
                "cancelled",
                name="planstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("drawn_up_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("drawn_up_by", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("objective", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        sa.Column(
            "proof",
            sa.Enum("greedy", "feasible", "optimal", name="proof", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("searched_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("improved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name="plans_accepted_at"
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 14", name="plans_days"),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["drawn_up_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("plans_of_office", "plans", ["procuratorate_id", "id"], unique=False)
    op.create_index(
        "plans_to_improve",
        "plans",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "routes",
        sa.Column("from_office_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 0 AND 240", name="routes_minutes"),
        sa.ForeignKeyConstraint(
            ["from_office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_office_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("from_office_id", "to_office_id"),
    )
    op.create_table(
        "engagements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interrogation",
                "block",
                "lawyer_meeting",
                "court",
                "transfer",
                "medical",
                name="bookingkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'lawyer_meeting') = (asked_at IS NOT NULL)", name="engagements_asked_at"
        ),
        sa.CheckConstraint(
            "(kind = 'transfer') = (destination_id IS NOT NULL)", name="engagements_destination"
        ),
        sa.CheckConstraint("destination_id <> centre_id", name="engagements_elsewhere"),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("engagements_by_booking", "engagements", ["booking_id"], unique=True)
    op.create_index("engagements_by_centre", "engagements", ["centre_id", "id"], unique=False)
    op.create_index(
        "engagements_by_destination", "engagements", ["destination_id", "id"], unique=False
    )
    op.create_index("engagements_by_suspect", "engagements", ["suspect_id", "id"], unique=False)
    op.create_table(
        "interrogation_grounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "conditions_doubtful",
                "suspect_asked",
                "illegality_possible",
                "major_or_complex",
                "plea_leniency",
                "minor",
                "disability",
                name="interrogationground",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("noted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "interrogation_grounds_by_suspect", "interrogation_grounds", ["suspect_id"], unique=False
    )
    op.create_index(
        "interrogation_grounds_once",
        "interrogation_grounds",
        ["case_id", "suspect_id", "ground"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "interrogations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("interrogate", "sign_plea", name="purpose", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("remote", "in_person", name="mode", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "booked",
                "confirmed",
                "checked_in",
                "running",
                "paused",
                "link_lost",
                "ended",
                "not_held",
                "cancelled",
                name="interrogationstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("wanted_minutes", sa.Integer(), nullable=False),
        sa.Column("not_after", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("period_began_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column(
            "urgent_because",
            sa.Enum(
                "period_ends",
                "evidence_at_risk",
                "suspect_leaves",
                "health",
                "minor",
                "ordered",
                name="urgentground",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("urgent_grounds", sa.Text(), nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("waiting_since", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("escalated_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "lost_because",
            sa.Enum(
                "handler",
                "displaced",
                "centre_closed",
                "suspect_engaged",
                "suspect_moved",
                "measure_changed",
                "staff_lost",
                "case_closed",
                name="lostbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("confirmed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("police_heard_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("police_said", sa.Text(), nullable=False),
        sa.Column("escorted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("returned_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("held_on_paper", sa.Boolean(), nullable=False),
        sa.Column(
            "not_held_because",
            sa.Enum(
                "suspect_absent",
                "suspect_ill",
                "staff_absent",
                "interpreter_absent",
                "adult_absent",
                "lawyer_absent",
                "no_certificate",
                "link_failed",
                "room_unusable",
                "other",
                name="notheldbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("not_held_reason", sa.Text(), nullable=False),
        sa.Column("prepared_for_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("prepared_centre_id", sa.Integer(), nullable=True),
        sa.Column("readiness_looked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') <= (booking_id IS NULL)", name="interrogations_waiting_unbooked"
        ),
        sa.CheckConstraint("wanted_minutes BETWEEN 5 AND 720", name="interrogations_minutes"),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["prepared_centre_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("interrogations_by_booking", "interrogations", ["booking_id"], unique=True)
    op.create_index("interrogations_by_case", "interrogations", ["case_id", "id"], unique=False)
    op.create_index(
        "interrogations_by_centre", "interrogations", ["centre_id", "state", "id"], unique=False
    )
    op.create_index(
        "interrogations_by_suspect", "interrogations", ["suspect_id", "id"], unique=False
    )
    op.create_index(
        "interrogations_waiting",
        "interrogations",
        ["not_after", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interpreter",
                "sign_interpreter",
                "legal_representative",
                "appropriate_adult",
                "lawyer",
                name="participantkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=True),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("entered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("retired_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('interpreter', 'sign_interpreter')) = (suspect_id IS NULL)",
            name="participants_of_a_suspect",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "participants_by_office", "participants", ["office_id", "kind", "id"], unique=False
    )
    op.create_index("participants_by_suspect", "participants", ["suspect_id"], unique=False)
    op.create_table(
        "written_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("served_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("served_by", sa.Integer(), nullable=False),
        sa.Column("collected_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("collected_by", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("wants_to_speak", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(collected_at IS NULL) = (collected_by IS NULL)", name="written_opinions_collected"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["collected_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["served_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "suspect_id", name="written_opinions_once"),
    )
    op.create_index("written_opinions_by_suspect", "written_opinions", ["suspect_id"], unique=False)
    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "staff",
                "clerk",
                "interpreter",
                "sign_interpreter",
                "legal_representative",
                "appropriate_adult",
                "lawyer",
                name="role",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("left_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (participant_id IS NULL)", name="attendances_of_somebody"
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "interrogation_id", "participant_id", name="attendances_once_a_participant"
        ),
        sa.UniqueConstraint("interrogation_id", "person_id", name="attendances_once_a_person"),
    )
    op.create_index("attendances_by_person", "attendances", ["person_id"], unique=False)
    op.create_table(
        "declined_adults",
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declined_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("declined_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declined_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("suspect_id", "participant_id"),
    )
    op.create_index(
        op.f("ix_declined_adults_interrogation_id"),
        "declined_adults",
        ["interrogation_id"],
        unique=False,
    )
    op.create_table(
        "displacements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "standing",
                "objected",
                "upheld",
                "dismissed",
                name="displacementstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("before", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("after", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("displaced_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("displaced_by", sa.Integer(), nullable=False),
        sa.Column("object_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("objected_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("objected_by", sa.Integer(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_reasons", sa.Text(), nullable=False),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'standing') = (objected_at IS NULL)", name="displacements_objected"
        ),
        sa.CheckConstraint(
            "(state IN ('upheld', 'dismissed')) = (decided_at IS NOT NULL)",
            name="displacements_decided",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["displaced_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["for_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["objected_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("displacements_for_one", "displacements", ["for_id"], unique=False)
    op.create_index("displacements_only_once", "displacements", ["interrogation_id"], unique=True)
    op.create_table(
        "interrogation_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "booked",
                "rescheduled",
                "reseated",
                "extended",
                "lost_time",
                "cancelled",
                "confirmed",
                "time_proposed",
                "proposal_accepted",
                "proposal_refused",
                "proposal_lapsed",
                "queued",
                "slot_offered",
                "offer_refused",
                "offer_lapsed",
                "brought",
                "brought_back",
                name="changekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "because",
            sa.Enum(
                "handler",
                "displaced",
                "centre_closed",
                "suspect_engaged",
                "suspect_moved",
                "measure_changed",
                "staff_lost",
                "case_closed",
                name="lostbecause",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("after", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "interrogation_changes_of_one",
        "interrogation_changes",
        ["interrogation_id", "id"],
        unique=False,
    )
    op.create_table(
        "participant_recusals",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("recused_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recused_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recused_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "participant_id"),
    )
    op.create_table(
        "readiness_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "certificate",
                "custody_exchange",
                "papers",
                "line_test",
                "interpreter",
                "sign_interpreter",
                "adult_notified",
                "lawyer_told",
                "police_heard",
                "centre_confirmed",
                name="readinesskind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("owner_office_id", sa.Integer(), nullable=False),
        sa.Column(
            "owner_post",
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
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "done", "waived", name="readinessstate", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name="readiness_items_closed_at"
        ),
        sa.CheckConstraint("state <> 'waived' OR note <> ''", name="readiness_items_waived_why"),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_office_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("interrogation_id", "kind", name="readiness_items_once"),
    )
    op.create_index(
        "readiness_items_of_owner",
        "readiness_items",
        ["owner_office_id", "owner_post", "state"],
        unique=False,
    )
    op.create_table(
        "resources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interrogation_room",
                "desk",
                "line",
                "escort",
                "office_room",
                "suspect",
                "person",
                "participant",
                name="resourcekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'suspect') = (suspect_id IS NOT NULL) AND (kind = 'person') = (person_id IS NOT NULL) AND (kind = 'participant') = (participant_id IS NOT NULL) AND (kind IN ('suspect', 'person', 'participant')) = (office_id IS NULL)",
            name="resources_of_one_thing",
        ),
        sa.CheckConstraint(
            "before_minutes BETWEEN 0 AND 240 AND after_minutes BETWEEN 0 AND 240",
            name="resources_buffers",
        ),
        sa.CheckConstraint("units BETWEEN 1 AND 100", name="resources_units"),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office_id", "name", name="resources_one_name"),
    )
    op.create_index(
        "resources_by_office",
        "resources",
        ["office_id", "kind", "id"],
        unique=False,
        postgresql_where=sa.text("office_id IS NOT NULL"),
    )
    op.create_index("resources_of_participant", "resources", ["participant_id"], unique=True)
    op.create_index("resources_of_person", "resources", ["person_id"], unique=True)
    op.create_index("resources_of_suspect", "resources", ["suspect_id"], unique=True)
    op.create_table(
        "sitting_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "arrived",
                "checked_in",
                "started",
                "paused",
                "link_lost",
                "resumed",
                "ended",
                "not_held",
                name="sittingstep",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "booked",
                "confirmed",
                "checked_in",
                "running",
                "paused",
                "link_lost",
                "ended",
                "not_held",
                "cancelled",
                name="interrogationstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name="sitting_events_sequence"),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "sitting_events_of_one", "sitting_events", ["interrogation_id", "id"], unique=False
    )
    op.create_index(
        "sitting_events_once", "sitting_events", ["interrogation_id", "sequence"], unique=True
    )
    op.create_table(
        "sitting_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "identity",
                "rights",
                "plea_leniency",
                "recording",
                name="noticekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "how",
            sa.Enum(
                "document",
                "centre_file",
                "self_reported",
                name="identitycheck",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("present", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("told_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("told_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'identity') = (how IS NOT NULL)", name="sitting_notices_how"),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["told_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "sitting_notices_of_one", "sitting_notices", ["interrogation_id", "id"], unique=False
    )
    op.create_table(
        "time_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "refused",
                "lapsed",
                "withdrawn",
                name="timeproposalstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("held_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') <= (booking_id IS NOT NULL)", name="time_proposals_kept_while_open"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "time_proposals_lapsing",
        "time_proposals",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "time_proposals_of_one", "time_proposals", ["interrogation_id", "id"], unique=False
    )
    op.create_index(
        "time_proposals_one_open",
        "time_proposals",
        ["interrogation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "transcripts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "for_reading",
                "read",
                "signing",
                "complete",
                name="transcriptstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("signing_recording", sa.Text(), nullable=False),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'complete') = (completed_at IS NOT NULL) AND (completed_at IS NULL) = (sealed IS NULL)",
            name="transcripts_complete_and_sealed",
        ),
        sa.ForeignKeyConstraint(
            ["completed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("interrogation_id"),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("length(token_hash) = 64", name="calendar_feeds_hashed"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("calendar_feeds_by_person", "calendar_feeds", ["person_id"], unique=False)
    op.create_table(
        "interrogation_change_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column(
            "because",
            sa.Enum(
                "handles",
                "takes_part",
                "joins",
                "leaves",
                "hosts",
                name="toldbecause",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(person_id, participant_id, office_id) = 1",
            name="interrogation_change_told_somebody",
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["interrogation_changes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "interrogation_change_told_of_one",
        "interrogation_change_told",
        ["change_id", "id"],
        unique=False,
    )
    op.create_table(
        "kit_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("camera", sa.Boolean(), nullable=False),
        sa.Column("microphone", sa.Boolean(), nullable=False),
        sa.Column("speaker", sa.Boolean(), nullable=False),
        sa.Column("network_ms", sa.Integer(), nullable=False),
        sa.Column("lost_permille", sa.Integer(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("tested_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("tested_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "network_ms >= 0 AND lost_permille BETWEEN 0 AND 1000", name="kit_tests_network"
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tested_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("kit_tests_by_resource", "kit_tests", ["resource_id", "id"], unique=False)
    op.create_table(
        "occupations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("resource_id"), "="),
            (sa.literal_column("during"), "&&"),
            (sa.literal_column("unit"), "="),
            using="gist",
            name="occupations_never_twice",
        ),
        sa.CheckConstraint("NOT isempty(during) AND unit >= 1", name="occupations_something"),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("occupations_by_booking", "occupations", ["booking_id"], unique=False)
    op.create_table(
        "opening_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.CheckConstraint(
            "(from_time IS NULL) = (until_time IS NULL) AND until_time > from_time",
            name="opening_exceptions_end_after_start",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("resource_id", "on", "from_time", name="opening_exceptions_once"),
    )
    op.create_table(
        "openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("until_time", sa.Time(), nullable=False),
        sa.CheckConstraint("until_time > from_time", name="openings_end_after_start"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="openings_weekday"),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("openings_by_resource", "openings", ["resource_id", "weekday"], unique=False)
    op.create_table(
        "plan_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "left_out",
                "booked",
                "refused",
                "dropped",
                name="planitemstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("first_starts_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("starts_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("not_after", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "why",
            sa.Enum(
                "refused",
                "no_place",
                "past_limit",
                "never_together",
                "crowded_out",
                name="leftout",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'booked') = (interrogation_id IS NOT NULL)", name="plan_items_booked"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["resources.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("plan_items_by_case", "plan_items", ["case_id"], unique=False)
    op.create_index("plan_items_by_plan", "plan_items", ["plan_id", "id"], unique=False)
    op.create_table(
        "slot_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interrogation_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "refused",
                "lapsed",
                "withdrawn",
                name="slotofferstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("held_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="slot_offers_open_until_answered"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"],
            ["bookings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["interrogation_id"],
            ["interrogations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["resources.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "slot_offers_lapsing",
        "slot_offers",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("slot_offers_of_one", "slot_offers", ["interrogation_id", "id"], unique=False)
    op.create_index(
        "slot_offers_one_open",
        "slot_offers",
        ["interrogation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "transcript_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signatories", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paragraphs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "closing",
            sa.Enum("read", "read_out", "declined", name="closing", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("closing_reason", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("history_sha256", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("fixed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("fixed_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(closing IS NULL) = (closed_on IS NULL)", name="transcript_editions_closed_on_a_day"
        ),
        sa.ForeignKeyConstraint(
            ["fixed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("transcript_id", "number", name="transcript_editions_once"),
    )
    op.create_table(
        "transcript_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "answer",
                "statement",
                "notice",
                name="linekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("said_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("transcript_id", "client_id", name="transcript_lines_once"),
    )
    op.create_table(
        "transcript_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_by", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transcript_statements_of_transcript",
        "transcript_statements",
        ["transcript_id", "id"],
        unique=False,
    )
    op.create_table(
        "case_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("transcript", "statement", name="evidencekind", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("entered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'statement') = (statement_id IS NOT NULL)", name="case_evidence_of_its_kind"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["transcript_statements.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("statement_id"),
    )
    op.create_index("case_evidence_of_case", "case_evidence", ["case_id", "id"], unique=False)
    op.create_index(
        "case_evidence_of_transcript",
        "case_evidence",
        ["transcript_id"],
        unique=True,
        postgresql_where=sa.text("statement_id IS NULL"),
    )
    op.create_table(
        "transcript_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("in_edition", sa.Integer(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["attendances.id"],
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["transcript_lines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transcript_corrections_of_transcript",
        "transcript_corrections",
        ["transcript_id", "id"],
        unique=False,
    )
    op.create_table(
        "transcript_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["transcript_editions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("edition_id", "number", name="transcript_pages_once"),
    )
    op.create_table(
        "transcript_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "answer",
                "statement",
                "notice",
                name="linekind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("said_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["transcript_lines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transcript_revisions_of_line", "transcript_revisions", ["line_id", "id"], unique=False
    )
    op.create_table(
        "transcript_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column(
            "slot",
            sa.Enum("name", "fingerprint", name="slot", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "signature", "stamp", "fingerprint", name="markkind", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("covers", sa.Text(), nullable=False),
        sa.Column("image_sha256", sa.Text(), nullable=True),
        sa.Column("image", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(image IS NULL) = (refused_because IS NOT NULL) AND (image IS NULL) = (image_sha256 IS NULL) AND (image IS NULL) = (kind IS NULL)",
            name="transcript_marks_given_or_refused",
        ),
        sa.CheckConstraint(
            "(page_id IS NULL) <> (correction_id IS NULL)", name="transcript_marks_on_one_thing"
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["attendances.id"],
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["transcript_corrections.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["transcript_pages.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "transcript_marks_correction_once",
        "transcript_marks",
        ["correction_id", sa.literal_column("coalesce(attendance_id, 0)"), "slot"],
        unique=True,
        postgresql_where=sa.text("correction_id IS NOT NULL AND image IS NOT NULL"),
    )
    op.create_index(
        "transcript_marks_of_transcript", "transcript_marks", ["transcript_id", "id"], unique=False
    )
    op.create_index(
        "transcript_marks_once",
        "transcript_marks",
        ["page_id", sa.literal_column("coalesce(attendance_id, 0)"), "slot"],
        unique=True,
        postgresql_where=sa.text("page_id IS NOT NULL AND image IS NOT NULL"),
    )
    op.add_column(
        "people",
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex", native_enum=False, length=80),
            nullable=True,
        ),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
    op.execute(NOTHING_AFTER_COMPLETION)
    for table in CLOSED_WITH_THE_RECORD:
        op.execute(
            f"CREATE TRIGGER complete_is_complete BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_complete_transcript()"
        )
