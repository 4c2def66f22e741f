"""Deadlines in full: entries that only grow, the watch, process monitoring, loaded calendars.

Periods that ran before get the entries that say so: their start, a stated ground, their end.

Revision: 0004, after 0003. Forward only: the way back is a backup.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


KEPT_BY = """
UPDATE deadlines SET procuratorate_id = asked.procuratorate_id, police_office_id = asked.office_id,
    handler_id = cases.handler_id
FROM suspects
JOIN arrest_requests AS asked ON asked.id = suspects.arrest_request_id
LEFT JOIN cases ON cases.arrest_request_id = asked.id
WHERE suspects.id = deadlines.suspect_id
"""
COUNTED = """
UPDATE deadlines SET unrolled_on = due_on, warn_on = due_on, flags = '[]',
    look_at = CASE WHEN closed_at IS NULL THEN now() END
"""
UTC = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'"
STARTED = f"""
INSERT INTO deadline_entries (deadline_id, kind, details, happened_at, recorded_at, by_id)
SELECT id, 'started', jsonb_build_object('started', {UTC.format("started_at")}, 'custody', custody),
    started_at, started_at, 0
FROM deadlines ORDER BY id
"""
STATED = """
INSERT INTO deadline_entries (deadline_id, kind, details, happened_at, recorded_at, by_id)
SELECT id, 'extension_stated', jsonb_build_object('kind', 'extension_stated', 'ground', ground),
    started_at, started_at, 0
FROM deadlines WHERE ground IS NOT NULL ORDER BY id
"""
CLOSED = """
INSERT INTO deadline_entries (deadline_id, kind, details, happened_at, recorded_at, by_id)
SELECT id, 'closed', jsonb_build_object('reason', close_reason), closed_at, closed_at, 0
FROM deadlines WHERE closed_at IS NOT NULL ORDER BY id
"""
DECIDED_ONCE = """
CREATE FUNCTION refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'proposed'
    AND to_jsonb(NEW) - '{state,version,decided_by,decided_at}'::text[]
      = to_jsonb(OLD) - '{state,version,decided_by,decided_at}'::text[]
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a notice is decided once, and nothing else of it changes';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "calendar_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("off", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("work", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "rejected",
                name="noticestate",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="calendar_notices_decided_by_somebody",
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="calendar_notices_four_eyes"),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("year", "revision", name="calendar_notices_one_revision"),
    )
    op.create_index(
        "calendar_notices_one_proposed",
        "calendar_notices",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "warning_settings",
        sa.Column("procuratorate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leads", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rungs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        "calendar_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("known_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["calendar_notices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "calendar_editions_by_moment", "calendar_editions", ["known_at", "id"], unique=False
    )
    op.create_table(
        "recalculations",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("parted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("unsettled", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["calendar_editions.id"],
        ),
        sa.PrimaryKeyConstraint("edition_id"),
    )
    op.create_index(
        "recalculations_open",
        "recalculations",
        ["edition_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deadline_alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "lingering",
                "first",
                "second",
                "last",
                "again",
                "threshold_passed",
                "due_passed",
                "expired",
                name="tier",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("ends_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("repeated_on", sa.Date(), nullable=True),
        sa.Column("reached_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("raised_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("pools", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadlines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "deadline_id",
            "tier",
            "ends_at",
            "repeated_on",
            name="deadline_alerts_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "deadline_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "started",
                "extended",
                "extension_stated",
                "suspended",
                "resumed",
                "travelled",
                "used",
                "restarted",
                "custody_changed",
                "calendar_changed",
                "closed",
                name="entrykind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadlines.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "deadline_entries_of_deadline", "deadline_entries", ["deadline_id", "id"], unique=False
    )
    op.create_table(
        "monitoring_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("procuratorate_id", sa.Integer(), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "police_officer",
                "case_manager",
                "prosecutor",
                "department_head",
                "chief_procurator",
                "clerk",
                "execution_supervisor",
                "detention_officer",
                "supervisor",
                "justice_officer",
                "administrator",
                "security_officer",
                "auditor",
                name="postkind",
                native_enum=False,
                length=80,
            ),
            nullable=False,
        ),
        sa.Column(
            "in_place_of",
            sa.Enum(
                "police_officer",
                "case_manager",
                "prosecutor",
                "department_head",
                "chief_procurator",
                "clerk",
                "execution_supervisor",
                "detention_officer",
                "supervisor",
                "justice_officer",
                "administrator",
                "security_officer",
                "auditor",
                name="postkind",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "answered", "replied", name="monitoringstate", native_enum=False, length=80
            ),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum(
                "oral_prompt",
                "notice",
                "notice_and_report",
                name="grade",
                native_enum=False,
                length=80,
            ),
            nullable=True,
        ),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (grade IS NULL)", name="monitoring_entries_answered_with_a_grade"
        ),
        sa.CheckConstraint(
            "(state = 'replied') = (replied_at IS NOT NULL)", name="monitoring_entries_replied"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadlines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["procuratorate_id"],
            ["offices.id"],
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id"),
    )
    op.create_index(
        "monitoring_entries_of_office",
        "monitoring_entries",
        ["procuratorate_id", "route", "state", "id"],
        unique=False,
    )
    op.create_table(
        "recalculation_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["recalculations.edition_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_recalculation_parts_edition_id"),
        "recalculation_parts",
        ["edition_id"],
        unique=False,
    )
    op.add_column("deadlines", sa.Column("procuratorate_id", sa.Integer(), nullable=True))
    op.add_column("deadlines", sa.Column("police_office_id", sa.Integer(), nullable=True))
    op.add_column("deadlines", sa.Column("handler_id", sa.Integer(), nullable=True))
    op.add_column("deadlines", sa.Column("unrolled_on", sa.Date(), nullable=True))
    op.add_column("deadlines", sa.Column("warn_on", sa.Date(), nullable=True))
    op.add_column(
        "deadlines", sa.Column("flags", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("deadlines", sa.Column("suspended_on", sa.Date(), nullable=True))
    op.add_column(
        "deadlines", sa.Column("look_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.execute(KEPT_BY)
    op.execute(COUNTED)
    for entry in (STARTED, STATED, CLOSED):
        op.execute(entry)
    op.alter_column("deadlines", "procuratorate_id", nullable=False)
    op.alter_column("deadlines", "flags", nullable=False)
    op.alter_column("deadlines", "suspect_id", existing_type=sa.INTEGER(), nullable=True)
    op.drop_index(
        op.f("deadlines_one_running"),
        table_name="deadlines",
        postgresql_where="(closed_at IS NULL)",
    )
    op.create_index(
        "deadlines_one_running",
        "deadlines",
        ["suspect_id", "rule_id", "about_kind", "about_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "deadlines_of_handler",
        "deadlines",
        ["handler_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "deadlines_of_police",
        "deadlines",
        ["police_office_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "deadlines_of_procuratorate",
        "deadlines",
        ["procuratorate_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("deadlines_of_suspect", "deadlines", ["suspect_id", "rule_id"], unique=False)
    op.create_index(
        "deadlines_closed",
        "deadlines",
        ["closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "deadlines_to_look_at",
        "deadlines",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_foreign_key(None, "deadlines", "people", ["handler_id"], ["id"])
    op.create_foreign_key(None, "deadlines", "offices", ["procuratorate_id"], ["id"])
    op.create_foreign_key(None, "deadlines", "offices", ["police_office_id"], ["id"])
    for table in ("deadline_entries", "calendar_editions"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "EXECUTE FUNCTION refuse_change()"
        )
    op.execute(DECIDED_ONCE)
    op.execute(
        "CREATE TRIGGER decided_once BEFORE UPDATE OR DELETE ON calendar_notices "
        "FOR EACH ROW EXECUTE FUNCTION refuse_notice_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON calendar_notices "
        "EXECUTE FUNCTION refuse_change()"
    )
