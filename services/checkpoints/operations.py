"""Making a checkpoint, and giving it out."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from services.checkpoints import heads
from services.checkpoints.records import CheckpointKey, JournalCheckpoint
from services.kernel.act import Act
from services.kernel.ciphers import Digest, KeyRing, digest
from services.kernel.clock import machine_now
from services.kernel.refusals import NotFound
from services.policy import Permission, PostKind, demands

ONE_AT_A_TIME = 2_211_061_507
"""The advisory lock under which a checkpoint is made, so that two workers never make the same."""
FORMAT = "jiantong-checkpoint-1"


def visible(act: Act) -> Select[JournalCheckpoint]:
    """Every checkpoint, for an auditor: hashes and numbers of all, and no word of any case."""
    audits = bool(act.actor.offices_as(PostKind.AUDITOR))
    return select(JournalCheckpoint).where(literal(audits))


def find(act: Act, checkpoint_id: int) -> JournalCheckpoint:
    """The checkpoint, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act).where(JournalCheckpoint.id == checkpoint_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.CHECKPOINT_MAKE)
def make(act: Act, ring: KeyRing) -> JournalCheckpoint | None:
    """Sign what all chains of the journal end at now; none where nothing has changed.

    It is no entry of the journal itself: that would be a change to sign at the next hour.
    Several workers may ask at once; the second finds nothing left to sign.

    Refuses:
        NotAllowed: only the house itself and its console.

    Records:
        Nothing.
    """
    act.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    before = act.session.scalar(
        select(JournalCheckpoint).order_by(JournalCheckpoint.id.desc()).limit(1)
    )
    known = folded(act.session, before.id) if before else {}
    present = heads.now(act.session.connection())
    if present == known:
        return None
    now = machine_now()
    made = JournalCheckpoint(
        id=before.id + 1 if before else 1,
        made_at=now,
        previous=fingerprint(before) if before else None,
        root=heads.root(present, ring.hashing),
        chains=len(present),
        entries=sum(head.seq for head in present.values()),
        changed=heads.pack(heads.changes(known, present)),
        algorithm=ring.hashing,
        key=_key(act.session, ring, now),
    )
    made.signature = ring.sign(header(made)).value
    act.session.add(made)
    act.session.flush()
    return made


def latest(session: Session) -> JournalCheckpoint | None:
    """The newest checkpoint, if there is any."""
    return session.scalar(select(JournalCheckpoint).order_by(JournalCheckpoint.id.desc()).limit(1))


def folded(session: Session, until: int) -> dict[heads.Key, heads.Head]:
    """All heads as the checkpoint of that number saw them, from the changes up to it."""
    chosen = (
        select(JournalCheckpoint.changed)
        .where(JournalCheckpoint.id <= until)
        .order_by(JournalCheckpoint.id)
    )
    seen: dict[heads.Key, heads.Head] = {}
    for changed in session.scalars(chosen):
        heads.fold(seen, heads.unpack(changed))
    return seen


def header(checkpoint: JournalCheckpoint) -> bytes:
    """What is signed: canonical JSON, sorted keys, UTF-8, no blanks."""
    return canonical(
        {
            "format": FORMAT,
            "number": checkpoint.id,
            "made_at": _instant(checkpoint.made_at),
            "previous": checkpoint.previous.hex() if checkpoint.previous else None,
            "root": checkpoint.root.hex(),
            "chains": checkpoint.chains,
            "entries": checkpoint.entries,
            "changed": digest(checkpoint.algorithm, checkpoint.changed).hex(),
            "algorithm": checkpoint.algorithm.value,
            "key": checkpoint.key.id,
        }
    )


def fingerprint(checkpoint: JournalCheckpoint) -> bytes:
    """The hash by which the next checkpoint names this one."""
    return digest(Digest(checkpoint.algorithm), header(checkpoint))


def file(session: Session, checkpoint: JournalCheckpoint) -> str:
    """The checkpoint to take away: one line of JSON with key and signature, then all heads."""
    first = canonical(
        {
            "checkpoint": json.loads(header(checkpoint)),
            "key": {
                "algorithm": checkpoint.key.algorithm.value,
                "id": checkpoint.key.id,
                "value": checkpoint.key.value.hex(),
            },
            "signature": checkpoint.signature.hex(),
        }
    )
    return f"{first.decode()}\n{heads.lines(folded(session, checkpoint.id))}"


def canonical(told: dict[str, Any]) -> bytes:
    """One way to write it, so that everybody hashes and signs the same bytes."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _key(session: Session, ring: KeyRing, now: datetime) -> CheckpointKey:
    public = ring.public_key()
    known = session.get(CheckpointKey, public.key_id)
    return known or CheckpointKey(
        id=public.key_id, algorithm=public.algorithm, value=public.value, first_used_at=now
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
