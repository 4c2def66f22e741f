"""What the tables stand on: the extension for exclusion constraints, and the job queue.

Revision: 0001, the first. Forward only: the way back is a backup.
"""

from alembic import op

from jiantong.database import raise_jobs

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    raise_jobs(op.get_bind())
