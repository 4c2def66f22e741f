"""How Alembic runs here: on the connection it is handed, in that connection's transaction."""

from alembic import context

from jiantong.database import models
from services.kernel.act import Record

models()


def ours(_name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """Leave the job queue's own tables alone."""
    table = _name if kind == "table" else parents.get("table_name")
    return not (table or "").startswith("procrastinate_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Record.metadata,
    include_name=ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
