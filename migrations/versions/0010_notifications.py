"""Notifications that lose nothing: channels, inbox versions, attention, ladders, tasks by hand.

A push that had failed for good says so in its state. Every inbox that has lines gets a version, and
its lines stand in it in the order in which they were told.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBERED = """
UPDATE deliveries SET version = numbered.place
  FROM (SELECT id, row_number() OVER (PARTITION BY person_id ORDER BY id) AS place
          FROM deliveries WHERE channel = 'inbox') AS numbered
 WHERE numbered.id = deliveries.id
"""
VERSIONS = """
INSERT INTO inboxes (person_id, version)
SELECT person_id, count(*) FROM deliveries WHERE channel = 'inbox' GROUP BY person_id
"""


def upgrade() -> None:
    """Add what the models have more."""
    op.create_table(
        "inboxes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.add_column(
        "deliveries",
        sa.Column(
            "held",
            sa.Enum("quiet_hours", "digest", "cap", name="hold", native_enum=False, length=80),
            nullable=True,
        ),
    )
    op.add_column(
        "deliveries", sa.Column("sent_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.add_column(
        "deliveries", sa.Column("arrived_at", postgresql.TIMESTAMP(timezone=True), nullable=True)
    )
    op.add_column(
        "deliveries", sa.Column("template", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("deliveries", sa.Column("topic", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("version", sa.BigInteger(), nullable=True))
    op.create_index(
        "deliveries_changes",
        "deliveries",
        ["person_id", "version"],
        unique=False,
        postgresql_where=sa.text("channel = 'inbox'"),
    )
    op.create_index(
        "deliveries_replaceable",
        "deliveries",
        ["person_id", "topic"],
        unique=False,
        postgresql_where=sa.text("topic IS NOT NULL AND state IN ('pending', 'delivered')"),
    )
    op.add_column(
        "devices",
        sa.Column(
            "service",
            sa.Enum(
                "fcm", "web_push", "hms", "stream", name="pushservice", native_enum=False, length=80
            ),
            server_default="fcm",
            nullable=False,
        ),
    )
    op.add_column("devices", sa.Column("keys", sa.LargeBinary(), nullable=True))
    op.add_column("devices", sa.Column("app_version", sa.Text(), nullable=True))
    op.execute("UPDATE deliveries SET state = 'failed_permanent' WHERE state = 'failed'")
    op.execute(NUMBERED)
    op.execute(VERSIONS)


def downgrade() -> None:
    """Take it away again."""
    op.execute("UPDATE deliveries SET state = 'failed' WHERE state = 'failed_permanent'")
    op.drop_column("devices", "app_version")
    op.drop_column("devices", "keys")
    op.drop_column("devices", "service")
    op.drop_index(
        "deliveries_replaceable",
        table_name="deliveries",
        postgresql_where=sa.text("topic IS NOT NULL AND state IN ('pending', 'delivered')"),
    )
    op.drop_index(
        "deliveries_changes", table_name="deliveries", postgresql_where=sa.text("channel = 'inbox'")
    )
    op.drop_column("deliveries", "version")
    op.drop_column("deliveries", "topic")
    op.drop_column("deliveries", "template")
    op.drop_column("deliveries", "arrived_at")
    op.drop_column("deliveries", "sent_at")
    op.drop_column("deliveries", "held")
    op.drop_table("inboxes")
