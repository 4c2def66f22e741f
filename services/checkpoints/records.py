"""Checkpoints as they are kept: one row each, written once."""

from datetime import datetime

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.kernel.ciphers import Digest, PublicKey, Signature, Signing
from services.kernel.record import Record


class CheckpointKey(Record):
    """A public key by which checkpoints were signed: the private half never stands here."""

    __tablename__ = "checkpoint_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Its fingerprint, which is what people compare by eye."""
    algorithm: Mapped[Signing]
    value: Mapped[bytes]
    first_used_at: Mapped[datetime]

    @property
    def public(self) -> PublicKey:
        """As whoever verifies takes it."""
        return PublicKey(self.algorithm, self.id, self.value)


class JournalCheckpoint(Record):
    """What all chains of the journal ended at, signed. The numbers have no gaps."""

    __tablename__ = "journal_checkpoints"
    __table_args__ = (
        CheckConstraint("(id = 1) = (previous IS NULL)", name="journal_checkpoints_first"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    """By the machine's clock: the legal clock of a demo may stand anywhere."""
    previous: Mapped[bytes | None]
    """The hash of the checkpoint before."""
    root: Mapped[bytes]
    """The hash over the lines of all heads, in their order."""
    chains: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    """The sum of all places: so many entries stood in the chains."""
    changed: Mapped[bytes]
    """The lines of the heads that are not as the checkpoint before saw them, compressed (zlib)."""
    algorithm: Mapped[Digest]
    """Of `root`, and of the hash by which the next checkpoint names this one."""
    key_id: Mapped[str] = mapped_column(ForeignKey("checkpoint_keys.id"))
    signature: Mapped[bytes]

    key: Mapped[CheckpointKey] = relationship()

    @property
    def signed(self) -> Signature:
        """The signature, as whoever verifies takes it."""
        return Signature(self.key.algorithm, self.key_id, self.signature)


KEPT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
EXECUTE FUNCTION refuse_change()
"""

for _record in (CheckpointKey, JournalCheckpoint):
    sa_event.listen(
        _record.__table__,
        "after_create",
        DDL(KEPT.format(table=_record.__tablename__)),  # type: ignore[no-untyped-call]  # SQLAlchemy ships this one untyped
    )
