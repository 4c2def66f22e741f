"""The integrated case: transfers, prosecutions, steps and proposals, and all that stands beside them.

Cases that were there are arrest cases and keep their suspects; a receipt belongs to its decision;
a suspect's measure is what the receipt said of it.

Revision: 0005, after 0004. Forward only: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECEIPTS = """
UPDATE receipts SET decision_id = arrest_decisions.id FROM arrest_decisions
WHERE arrest_decisions.arrest_review_id = receipts.arrest_review_id
"""
SUSPECTS = """
INSERT INTO case_suspects (case_id, suspect_id)
SELECT cases.id, suspects.id FROM cases
JOIN suspects ON suspects.arrest_request_id = cases.arrest_request_id
"""
MEASURES = """
UPDATE suspects SET
    measure = CASE receipts.outcome
        WHEN 'executed' THEN 'arrest' WHEN 'released' THEN 'none' ELSE receipts.new_measure END,
    measure_began_at = receipts.executed_at
FROM receipts
JOIN arrest_decisions ON arrest_decisions.id = receipts.decision_id
JOIN arrest_reviews ON arrest_reviews.id = arrest_decisions.arrest_review_id
WHERE arrest_reviews.suspect_id = suspects.id
    AND receipts.outcome IN ('executed', 'released', 'measure_changed')
"""
APPEND_ONLY = (
    "inquiries",
    "inquiry_reviews",
    "oversight_answers",
    "oversight_entries",
    "suspect_names",
    "taken_steps",
    "zero_reports",
)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "committee_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "seat",
            sa.Enum(
                "member",
                "full_time",
                "deputy_chief",
                "chief",
                name="seat",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("registered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=True),
        sa.Column("left_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("left_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["left_by"],
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
        sa.ForeignKeyConstraint(
            ["registered_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "committee_members_of_person",
        "committee_members",
        ["person_id", "procuratorate_id"],
        unique=False,
    )
    op.create_index(
        "committee_members_one_chief",
        "committee_members",
        ["procuratorate_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL AND seat = 'chief'"),
    )
    op.create_index(
        "committee_members_one_seat",
        "committee_members",
        ["procuratorate_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "conference_settings",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fewest", sa.Integer(), nullable=False),
        sa.Column("forms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "reach",
            sa.Enum("own_office", "any_office", name="reach", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fewest BETWEEN 1 AND 30", name="conference_settings_fewest"),
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
        "consultation_practices",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pre_arrest", sa.Boolean(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
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
        "power_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("powers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("office_id", "edition", name="power_lists_one_edition"),
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "supplement_requested",
                "accepted",
                name="transferstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "police",
                "commission",
                "procuratorate",
                name="transfersource",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("major_or_complex", sa.Boolean(), nullable=False),
        sa.Column("expedited_proposed", sa.Boolean(), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=False),
        sa.Column("supplement_wanted", sa.Text(), nullable=True),
        sa.Column("supplement_sent", sa.Text(), nullable=True),
        sa.Column("accepted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("acceptance_checks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "office_id", "procuratorate_id", "document_number", name="transfers_one_document"
        ),
    )
    op.create_index("transfers_by_office", "transfers", ["office_id", "state", "id"], unique=False)
    op.create_index(
        "transfers_by_procuratorate", "transfers", ["procuratorate_id", "state", "id"], unique=False
    )
    op.create_table(
        "zero_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("declared_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name="zero_reports_of_a_month"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "month", name="zero_reports_one_a_month"),
    )
    op.create_index(
        "zero_reports_of_office", "zero_reports", ["procuratorate_id", "month"], unique=False
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.literal_column("office_id"), "="),
            (sa.literal_column("to_id"), "="),
            (sa.literal_column("daterange(from_on, until_on, '[]')"), "&&"),
            where=sa.text("ended_at IS NULL"),
            using="gist",
            name="delegations_one_at_a_time",
        ),
        sa.CheckConstraint("until_on >= from_on", name="delegations_end_after_start"),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["posts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delegations_by_office", "delegations", ["office_id", "id"], unique=False)
    op.create_table(
        "case_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lower_id", sa.Integer(), nullable=False),
        sa.Column("higher_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "same_suspect",
                "accomplices",
                "related_facts",
                name="linkreason",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("linked_by", sa.Integer(), nullable=False),
        sa.Column("linked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("lower_id < higher_id", name="case_links_in_order"),
        sa.ForeignKeyConstraint(
            ["higher_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["linked_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lower_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lower_id", "higher_id", name="case_links_one_each"),
    )
    op.create_index("case_links_by_higher", "case_links", ["higher_id"], unique=False)
    op.create_table(
        "case_readers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "person_id"),
    )
    op.create_index(op.f("ix_case_readers_person_id"), "case_readers", ["person_id"], unique=False)
    op.create_table(
        "case_suspects",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "suspect_id"),
    )
    op.create_index(
        op.f("ix_case_suspects_suspect_id"), "case_suspects", ["suspect_id"], unique=False
    )
    op.create_table(
        "committee_matters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "major_arrest",
                "chief_disagrees",
                "state_interest",
                "upper_approval",
                "protest",
                "instructions",
                "re_deliberation",
                "major_case",
                name="matterground",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("put_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("put_by", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "on_agenda",
                "summoned",
                "in_session",
                "majority",
                "no_majority",
                "undecided",
                "reported",
                "decided",
                "executed",
                "fed_back",
                "withdrawn",
                name="committeestate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("summoned_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("sits_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("presider_id", sa.Integer(), nullable=True),
        sa.Column("urgent_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("counted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reported_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reported_by", sa.Integer(), nullable=True),
        sa.Column("reported_to_id", sa.Integer(), nullable=True),
        sa.Column("report_reasons", sa.Text(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("approve", "reject", "other", name="ballot", native_enum=False, length=80),
            nullable=True,
        ),
        sa.Column("decision_wording", sa.Text(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("notice_number", sa.Text(), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("feedback_due_on", sa.Date(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("fed_back_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('on_agenda', 'withdrawn') OR (sits_at IS NOT NULL AND presider_id IS NOT NULL)",
            name="committee_matters_summoned_to_a_time",
        ),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL)", name="committee_matters_about_something"
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (notice_number IS NULL)", name="committee_matters_noticed"
        ),
        sa.CheckConstraint(
            "(executed_on IS NULL) = (feedback_due_on IS NULL)", name="committee_matters_executed"
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
            ["presider_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["put_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reported_to_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "procuratorate_id", "notice_number", name="committee_matters_one_number"
        ),
    )
    op.create_index(
        "committee_matters_of_case", "committee_matters", ["case_id", "id"], unique=False
    )
    op.create_index(
        "committee_matters_of_office",
        "committee_matters",
        ["procuratorate_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "committee_matters_one_open",
        "committee_matters",
        ["about_kind", "about_id"],
        unique=True,
        postgresql_where=sa.text("about_id IS NOT NULL AND state <> 'withdrawn'"),
    )
    op.create_table(
        "conferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "convened",
                "closed",
                "called_off",
                name="conferencestate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "form",
            sa.Enum(
                "present", "remote", "written", name="conferenceform", native_enum=False, length=80
            ),
            nullable=True,
        ),
        sa.Column("held_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("convened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("convened_by", sa.Integer(), nullable=True),
        sa.Column("fewest", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("called_off", sa.Text(), nullable=True),
        sa.Column("departure", sa.Text(), nullable=True),
        sa.Column("departed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("departed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (summary IS NOT NULL)", name="conferences_closed_on_record"
        ),
        sa.CheckConstraint(
            "state NOT IN ('convened', 'closed') OR (form IS NOT NULL AND held_at IS NOT NULL AND convened_by IS NOT NULL AND convened_at IS NOT NULL)",
            name="conferences_convened_at_a_time",
        ),
        sa.CheckConstraint(
            "(departed_at IS NULL) = (departure IS NULL)", name="conferences_departed_with_reasons"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["convened_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["departed_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("conferences_of_case", "conferences", ["case_id", "id"], unique=False)
    op.create_index(
        "conferences_of_office", "conferences", ["procuratorate_id", "state", "id"], unique=False
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "early_intervention",
                "pre_arrest",
                "supplement_guidance",
                name="consultationkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum("invited", "offered", name="consultationorigin", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                "concluded",
                "overtaken",
                name="consultationstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "major",
                "difficult",
                "complex",
                name="consultationground",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column(
            "form",
            sa.Enum("present", "remote", name="consultationform", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("invited_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("concluded_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("arrest_request_id", sa.Integer(), nullable=True),
        sa.Column("linked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'supplement_guidance') = (case_id IS NOT NULL)",
            name="consultations_guidance_is_about_a_case",
        ),
        sa.CheckConstraint(
            "(state = 'concluded') <= (conclusion IS NOT NULL)",
            name="consultations_concluded_with_words",
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)",
            name="consultations_declined_with_a_reason",
        ),
        sa.CheckConstraint(
            "(state = 'overtaken') <= (arrest_request_id IS NOT NULL)",
            name="consultations_overtaken_by_a_request",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'concluded') OR handler_id IS NOT NULL",
            name="consultations_held_by_a_prosecutor",
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["arrest_request_id"],
            ["arrest_requests.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("consultations_by_case", "consultations", ["case_id"], unique=False)
    op.create_index("consultations_by_handler", "consultations", ["handler_id", "id"], unique=False)
    op.create_index("consultations_by_office", "consultations", ["office_id", "id"], unique=False)
    op.create_index(
        "consultations_by_procuratorate", "consultations", ["procuratorate_id", "id"], unique=False
    )
    op.create_index(
        "consultations_by_request", "consultations", ["arrest_request_id"], unique=False
    )
    op.create_table(
        "inquiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "leader_interference",
                "insider_inquiry",
                "improper_contact",
                "lawful_supervision",
                name="inquirykind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "visit",
                "letter",
                "message",
                "meeting",
                "other",
                name="inquirychannel",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("asker_name", sa.Text(), nullable=False),
        sa.Column("asker_unit", sa.Text(), nullable=True),
        sa.Column("asker_post", sa.Text(), nullable=True),
        sa.Column("asker_relation", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("seems_unlawful", sa.Boolean(), nullable=False),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'lawful_supervision' OR NOT seems_unlawful",
            name="inquiries_supervision_is_lawful",
        ),
        sa.CheckConstraint("corrects_id < id", name="inquiries_correct_what_is_earlier"),
        sa.CheckConstraint("happened_at <= recorded_at", name="inquiries_happened_before"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["inquiries.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("corrects_id", name="inquiries_corrected_once"),
    )
    op.create_index("inquiries_about_case", "inquiries", ["case_id"], unique=False)
    op.create_index("inquiries_of_office", "inquiries", ["procuratorate_id", "id"], unique=False)
    op.create_index(
        "inquiries_of_recorder", "inquiries", ["recorded_by", "happened_at"], unique=False
    )
    op.create_table(
        "oversight_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "look", "report_asked", "note", name="oversightkind", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_of", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'look') = (words IS NULL)", name="oversight_entries_in_words"),
        sa.CheckConstraint(
            "(kind = 'report_asked') = (due_on IS NOT NULL)", name="oversight_entries_by_a_day"
        ),
        sa.CheckConstraint(
            "kind = 'look' OR asked_of IS NOT NULL", name="oversight_entries_to_whom"
        ),
        sa.ForeignKeyConstraint(
            ["asked_of"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "oversight_entries_of_case", "oversight_entries", ["case_id", "id"], unique=False
    )
    op.create_index(
        "oversight_entries_of_office", "oversight_entries", ["procuratorate_id", "id"], unique=False
    )
    op.create_table(
        "prosecutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "under_review",
                "evaluation",
                "returned",
                "return_overdue",
                "transferred",
                "sent_back",
                "probation",
                "not_prosecuted",
                "objection",
                "objection_upheld",
                "objection_above",
                "indicted",
                "at_trial",
                "adjourned",
                "withdrawn",
                "judgment_review",
                "protested",
                "protest_supported",
                "protest_withdrawn",
                "concluded",
                "archived",
                name="prosecutionstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("plea", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("indictment", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "suspect_id", name="prosecutions_one_per_suspect"),
    )
    op.create_index("prosecutions_of_suspect", "prosecutions", ["suspect_id"], unique=False)
    op.create_table(
        "suspect_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_self_reported", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column(
            "document_kind",
            sa.Enum(
                "resident_id",
                "passport",
                "other",
                "none",
                name="documentkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("known_from", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("known_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suspect_names_of_suspect", "suspect_names", ["suspect_id", "id"], unique=False)
    op.create_table(
        "taken_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("put_by", sa.Integer(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["put_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("taken_steps_of_case", "taken_steps", ["case_id", "id"], unique=False)
    op.create_index(
        "taken_steps_of_subject", "taken_steps", ["subject_kind", "subject_id", "id"], unique=False
    )
    op.create_index("taken_steps_of_suspect", "taken_steps", ["suspect_id", "step"], unique=False)
    op.create_table(
        "transferred_suspects",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at_large", sa.Boolean(), nullable=False),
        sa.Column("pleads", sa.Boolean(), nullable=False),
        sa.Column("charge_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["transfers.id"],
        ),
        sa.PrimaryKeyConstraint("transfer_id", "suspect_id"),
    )
    op.create_index(
        op.f("ix_transferred_suspects_suspect_id"),
        "transferred_suspects",
        ["suspect_id"],
        unique=False,
    )
    op.create_table(
        "committee_attendance",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "seat",
            sa.Enum(
                "member",
                "full_time",
                "deputy_chief",
                "chief",
                name="seat",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "presence",
            sa.Enum("present", "absent", "recused", name="presence", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("absence_reason", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("speech", sa.Text(), nullable=True),
        sa.Column("spoke_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(presence = 'absent') = (absence_reason IS NOT NULL)",
            name="committee_attendance_absent_for_a_reason",
        ),
        sa.CheckConstraint(
            "(spoke_at IS NULL) = (place IS NULL) AND (spoke_at IS NULL) = (speech IS NULL)",
            name="committee_attendance_spoke_in_a_place",
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["committee_matters.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("matter_id", "person_id"),
        sa.UniqueConstraint("matter_id", "place", name="committee_attendance_one_place"),
    )
    op.create_table(
        "committee_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "ballot",
            sa.Enum("approve", "reject", "other", name="ballot", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column(
            "form",
            sa.Enum("in_session", "in_writing", name="voteform", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("cast_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["committee_matters.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("matter_id", "person_id", name="committee_votes_one_vote"),
    )
    op.create_table(
        "conference_members",
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("conference_id", "person_id"),
    )
    op.create_index(
        "conference_members_of_person",
        "conference_members",
        ["person_id", "conference_id"],
        unique=False,
    )
    op.create_table(
        "conference_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "position",
            sa.Enum("agree", "disagree", "other", name="position", native_enum=False, length=80),
            nullable=False,
        ),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("said_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("replaced_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"],
            ["conferences.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "conference_opinions_in_order", "conference_opinions", ["conference_id", "id"], unique=False
    )
    op.create_index(
        "conference_opinions_one_voice",
        "conference_opinions",
        ["conference_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "consultation_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "consultation_opinions_of", "consultation_opinions", ["consultation_id"], unique=False
    )
    op.create_table(
        "consultation_suspects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("detained_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "detention_extended_to",
            sa.Enum(
                "none", "seven_days", "thirty_days", name="extension", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "consultation_suspects_of", "consultation_suspects", ["consultation_id"], unique=False
    )
    op.create_table(
        "consultation_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "organ", "procuratorate", name="consultationside", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "consultation_views_of", "consultation_views", ["consultation_id"], unique=False
    )
    op.create_table(
        "inquiry_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "no_breach", "breach_passed_on", name="inquiryfinding", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("inquiry_id", name="inquiry_reviews_once"),
    )
    op.create_table(
        "oversight_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "report",
                "acknowledgement",
                "objection",
                name="oversightanswerkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'acknowledgement' OR words IS NOT NULL", name="oversight_answers_in_words"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["oversight_entries.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", name="oversight_answers_once"),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "before_committee",
                "returned",
                "approved",
                "overruled",
                "refused",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("suspect_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chain", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "approver_post",
            sa.Enum(
                "police_officer",
                "commission_officer",
                "case_manager",
                "prosecutor",
                "department_head",
                "chief_procurator",
                "acting_chief",
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
        sa.Column("approver_office_id", sa.Integer(), nullable=False),
        sa.Column("for_committee", sa.Boolean(), nullable=False),
        sa.Column("power_list_id", sa.Integer(), nullable=True),
        sa.Column("put_by", sa.Integer(), nullable=False),
        sa.Column("put_office_id", sa.Integer(), nullable=False),
        sa.Column("put_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("taken_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('pending', 'before_committee')) = (decided_at IS NULL)",
            name="proposals_decided_at",
        ),
        sa.ForeignKeyConstraint(
            ["approver_office_id"],
            ["offices.id"],
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
            ["power_list_id"],
            ["power_lists.id"],
        ),
        sa.ForeignKeyConstraint(
            ["put_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["put_office_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"],
            ["suspects.id"],
        ),
        sa.ForeignKeyConstraint(
            ["taken_id"],
            ["taken_steps.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_proposals_case_id"), "proposals", ["case_id"], unique=False)
    op.create_index(
        "proposals_by_approver",
        "proposals",
        ["approver_office_id", "approver_post", "state", "id"],
        unique=False,
    )
    op.create_index("proposals_by_proposer", "proposals", ["put_by", "id"], unique=False)
    op.create_index(
        "proposals_of_subject", "proposals", ["subject_kind", "subject_id", "id"], unique=False
    )
    op.create_index(
        "proposals_one_awaited",
        "proposals",
        ["subject_kind", "subject_id", "lane"],
        unique=True,
        postgresql_where=sa.text("state IN ('pending', 'before_committee')"),
    )
    op.create_table(
        "consultation_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by IS NULL)", name="consultation_evidence_done_by_somebody"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opinion_id"],
            ["consultation_opinions.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("opinion_id", "ordinal", name="consultation_evidence_one_ordinal"),
    )
    op.create_index(
        "consultation_evidence_of", "consultation_evidence", ["consultation_id"], unique=False
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "review", "objection", "conference", name="remarkkind", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_remarks_proposal_id"), "remarks", ["proposal_id"], unique=False)
    op.drop_constraint(
        op.f("arrest_decisions_arrest_review_id_key"), "arrest_decisions", type_="unique"
    )
    op.create_index(
        op.f("ix_arrest_decisions_arrest_review_id"),
        "arrest_decisions",
        ["arrest_review_id"],
        unique=False,
    )
    op.add_column("arrest_reviews", sa.Column("reviewer_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "arrest_reviews", "people", ["reviewer_id"], ["id"])
    op.add_column(
        "cases",
        sa.Column(
            "kind",
            sa.Enum("arrest", "prosecution", name="casekind", native_enum=False, length=80),
            nullable=True,
        ),
    )
    op.execute("UPDATE cases SET kind = 'arrest'")
    op.alter_column("cases", "kind", nullable=False)
    op.add_column("cases", sa.Column("transfer_id", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("raised_to_id", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("split_from_id", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.alter_column("cases", "arrest_request_id", existing_type=sa.INTEGER(), nullable=True)
    op.drop_constraint(op.f("cases_one_per_request"), "cases", type_="unique")
    op.create_index(
        "cases_one_per_request",
        "cases",
        ["arrest_request_id"],
        unique=True,
        postgresql_where=sa.text("split_from_id IS NULL"),
    )
    op.create_index("cases_by_request", "cases", ["arrest_request_id"], unique=False)
    op.create_index("cases_by_transfer", "cases", ["transfer_id"], unique=False)
    op.create_index("cases_merged_into", "cases", ["merged_into_id"], unique=False)
    op.create_index("cases_raised", "cases", ["raised_to_id", "id"], unique=False)
    op.create_index("cases_split_from", "cases", ["split_from_id"], unique=False)
    op.create_foreign_key(None, "cases", "offices", ["raised_to_id"], ["id"])
    op.create_foreign_key(None, "cases", "cases", ["merged_into_id"], ["id"])
    op.create_foreign_key(None, "cases", "transfers", ["transfer_id"], ["id"])
    op.create_foreign_key(None, "cases", "cases", ["split_from_id"], ["id"])
    op.add_column("receipts", sa.Column("decision_id", sa.Integer(), nullable=True))
    op.execute(RECEIPTS)
    op.alter_column("receipts", "decision_id", nullable=False)
    op.drop_constraint(op.f("receipts_arrest_review_id_key"), "receipts", type_="unique")
    op.create_unique_constraint(None, "receipts", ["decision_id"])
    op.drop_constraint(op.f("receipts_arrest_review_id_fkey"), "receipts", type_="foreignkey")
    op.create_foreign_key(None, "receipts", "arrest_decisions", ["decision_id"], ["id"])
    op.drop_column("receipts", "arrest_review_id")
    op.alter_column("suspects", "arrest_request_id", existing_type=sa.INTEGER(), nullable=True)
    op.execute(SUSPECTS)
    op.execute(MEASURES)
    op.create_check_constraint(
        "cases_one_origin",
        "cases",
        "(kind = 'arrest') = (arrest_request_id IS NOT NULL)"
        " AND (kind = 'prosecution') = (transfer_id IS NOT NULL)",
    )
    op.create_check_constraint(
        "cases_merged_into_one", "cases", "(state = 'merged') = (merged_into_id IS NOT NULL)"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
