"""Walking the journal: every changed, missing or reordered entry is found and named.

The chains alone show what was changed by somebody who did not make all later hashes anew.
Against whoever did, and against an older copy that was put back, stands a checkpoint that was
signed before and kept elsewhere.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Connection, RowMapping, text

from services.checkpoints import heads
from services.checkpoints.operations import FORMAT, canonical
from services.kernel.chain import MOMENTS, SAID, Subject, content
from services.kernel.ciphers import Digest, PublicKey, Signature, Signing, digest, verify_with

AT_ONCE = 2000
"""So many rows are held at a time, however long the journal is."""

_WALK = text(
    "SELECT link.entry_id, link.subject, link.about_id AS chain_id, link.seq, link.previous, "  # noqa: S608  # our own words
    f"link.hash, link.algorithm, {SAID}, {MOMENTS} "
    "FROM journal_links AS link LEFT JOIN journal AS entry ON entry.id = link.entry_id "
    "ORDER BY link.subject, link.about_id, link.seq, link.entry_id"
)
_UNLINKED = text(
    "SELECT id FROM journal WHERE NOT EXISTS "
    "(SELECT FROM journal_links WHERE entry_id = journal.id) ORDER BY id"
)
_HEADS = text(
    "SELECT subject, about_id, last.seq AS ended, head.seq AS told FROM "
    "(SELECT DISTINCT ON (subject, about_id) * FROM journal_links "
    "ORDER BY subject, about_id, seq DESC) AS last "
    "FULL JOIN journal_heads AS head USING (subject, about_id) "
    "WHERE (last.seq, last.hash, last.algorithm) "
    "IS DISTINCT FROM (head.seq, head.hash, head.algorithm) ORDER BY subject, about_id"
)
_CHECKPOINTS = text(
    "SELECT made.id, CASE WHEN isfinite(made_at) THEN "
    "to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
    "ELSE made_at::text END AS made_at, previous, root, chains, entries, changed, "
    "made.algorithm, key_id, signature, key.algorithm AS signing, key.value "
    "FROM journal_checkpoints AS made LEFT JOIN checkpoint_keys AS key ON key.id = key_id "
    "ORDER BY made.id"
)


class JournalFault(StrEnum):
    """What can be wrong with a journal."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    ENTRY_UNLINKED = "entry_unlinked"
    PLACES_MISSING = "places_missing"
    OUT_OF_ORDER = "out_of_order"
    HEAD_DIFFERS = "head_differs"
    CHAIN_CUT = "chain_cut"
    CHAIN_MISSING = "chain_missing"
    CHAIN_REWRITTEN = "chain_rewritten"
    CHECKPOINT_BROKEN = "checkpoint_broken"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_UNKNOWN_KEY = "checkpoint_unknown_key"


_WORDS: Mapping[JournalFault, tuple[str, str]] = {
    JournalFault.ENTRY_CHANGED: (
        "条目 {entry} 或其链接已被改动",
        "entry {entry} or its link is not what was written",
    ),
    JournalFault.ENTRY_MISSING: ("条目 {entry} 缺失", "entry {entry} is missing"),
    JournalFault.ENTRY_UNLINKED: ("条目 {entry} 没有链接", "entry {entry} has no link"),
    JournalFault.PLACES_MISSING: (
        "条目 {entry} 之前缺少第 {first} 至 {last} 位",
        "places {first} to {last} are missing before entry {entry}",
    ),
    JournalFault.OUT_OF_ORDER: (
        "条目 {entry} 与前一条不相衔接",
        "entry {entry} does not follow the one before it",
    ),
    JournalFault.HEAD_DIFFERS: (
        "链头记为 {told}，链的末位为 {ended}",
        "the head tells {told}, the chain ends at {ended}, or they differ in their hash",
    ),
    JournalFault.CHAIN_CUT: (
        "链止于 {ended}，存证点 {checkpoint} 曾见 {seen}",
        "the chain ends at {ended}, checkpoint {checkpoint} saw {seen}",
    ),
    JournalFault.CHAIN_MISSING: (
        "整条链缺失，存证点 {checkpoint} 曾见 {seen}",
        "the whole chain is missing, checkpoint {checkpoint} saw {seen}",
    ),
    JournalFault.CHAIN_REWRITTEN: (
        "第 {seen} 位（条目 {entry}）或更早的条目与存证点 {checkpoint} 所见不同",
        "place {seen} (entry {entry}) or one before it is not what checkpoint {checkpoint} saw",
    ),
    JournalFault.CHECKPOINT_BROKEN: (
        "内容、前后衔接或者签名不符",
        "its content, its order or its signature does not hold",
    ),
    JournalFault.CHECKPOINT_MISSING: (
        "数据库中没有该存证点或者与之不同：数据库较旧或已被改动",
        "the database has no such checkpoint, or another: it is older, or was changed",
    ),
    JournalFault.CHECKPOINT_UNKNOWN_KEY: (
        "由未知密钥 {key} 签名",
        "signed with key {key}, which is not known to be this installation's",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    fault: JournalFault
    where: str
    """A chain (`interrogations/12`), the journal itself, or a checkpoint (`checkpoint/3`)."""
    told: Mapping[str, object]

    def __str__(self) -> str:
        """In plain words, Chinese and English."""
        zh, english = (words.format(**self.told) for words in _WORDS[self.fault])
        return f"{self.where}: {zh} ({english})"


class BadFile(ValueError):
    """The file is no checkpoint: it was cut off, or is something else."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint that was taken away: its header, who signed it, and all heads it saw."""

    header: Mapping[str, Any]
    key: PublicKey
    signature: Signature
    heads: Mapping[heads.Key, heads.Head]

    @classmethod
    def read(cls, written: str) -> Self:
        """Read a file that `checkpoints.file` wrote.

        Raises:
            BadFile: it is not whole, or no such file.
        """
        first, _, rest = written.partition("\n")
        try:
            told = json.loads(first)
            signing = Signing(told["key"]["algorithm"])
            key = PublicKey(signing, told["key"]["id"], bytes.fromhex(told["key"]["value"]))
            signature = Signature(signing, key.key_id, bytes.fromhex(told["signature"]))
            header = told["checkpoint"]
            words = [header[name] for name in ("format", "algorithm", "root", "key")]
            if words[0] != FORMAT or type(header["number"]) is not int:
                raise BadFile
            if not all(isinstance(word, str) for word in words):
                raise BadFile
            canonical(told | {"heads": rest})  # all of it is text that can be written
            return cls(header, key, signature, heads.read(rest))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadFile from error

    @property
    def number(self) -> int:
        """Which checkpoint it is."""
        return int(self.header["number"])

    @property
    def holds(self) -> bool:
        """Does the signature hold, and do the heads belong to it?"""
        if self.header["algorithm"] not in set(Digest):
            return False
        root = heads.root(self.heads, Digest(self.header["algorithm"])).hex()
        signed = verify_with(self.key, canonical(dict(self.header)), self.signature)
        return signed and (root, self.key.key_id) == (self.header["root"], self.header["key"])


Expected = dict[heads.Key, list[tuple[int, str, int]]]
"""By chain: the place, the hash that must stand there, and the checkpoint that saw it."""


def verify(
    connection: Connection, trusted: Collection[str], seen: Seen | None = None
) -> Iterator[Finding]:
    """Everything that is wrong with the journal, in one consistent look at it.

    `trusted` are the fingerprints of the keys whose checkpoints count. `seen` is a checkpoint
    that was kept elsewhere: whatever is missing or different since then is found as well. The
    connection should stand in a transaction that sees one moment (REPEATABLE READ).
    """
    expected: Expected = defaultdict(list)
    yield from _checkpoints(connection, trusted, seen, expected)
    if seen is not None:
        for key, head in seen.heads.items():
            expected[key].append((head.seq, head.hash, seen.number))
    yield from _walk(connection, expected)
    for entry in _stream(connection, _UNLINKED):
        yield Finding(JournalFault.ENTRY_UNLINKED, "journal", {"entry": entry["id"]})
    for row in _stream(connection, _HEADS):
        told = {"told": row["told"] or 0, "ended": row["ended"] or 0}
        yield Finding(JournalFault.HEAD_DIFFERS, f"{row['subject']}/{row['about_id']}", told)


def _walk(connection: Connection, expected: Expected) -> Iterator[Finding]:
    """Each chain from its first link to its last."""
    here: Subject | None = None
    seq, previous = 0, None
    for link in _stream(connection, _WALK):
        subject = Subject(link["subject"], link["chain_id"])
        if subject != here:
            yield from _ended(here, seq, expected)
            here, seq, previous = subject, 0, None
        yield from _link(link, subject, seq, previous)
        seq, previous = link["seq"], bytes(link["hash"])
        yield from _met(subject, link, expected)
    yield from _ended(here, seq, expected)
    for key, places in sorted(expected.items()):
        for place, _, checkpoint in sorted(places)[-1:]:
            told = {"seen": place, "checkpoint": checkpoint}
            yield Finding(JournalFault.CHAIN_MISSING, str(heads.named(key)), told)


def _link(
    link: RowMapping, subject: Subject, seq: int, previous: bytes | None
) -> Iterator[Finding]:
    named = {"entry": link["entry_id"]}
    if link["id"] is None:
        yield Finding(JournalFault.ENTRY_MISSING, str(subject), named)
    elif not _is_as_written(link, subject):
        yield Finding(JournalFault.ENTRY_CHANGED, str(subject), named)
    if link["seq"] > seq + 1:
        places = named | {"first": seq + 1, "last": link["seq"] - 1}
        yield Finding(JournalFault.PLACES_MISSING, str(subject), places)
    elif link["seq"] <= seq or _bytes(link["previous"]) != previous:
        yield Finding(JournalFault.OUT_OF_ORDER, str(subject), named)


def _is_as_written(link: RowMapping, subject: Subject) -> bool:
    if link["about_id"] != subject.about_id or link["algorithm"] not in set(Digest):
        return False
    try:
        said = content(link, subject, link["seq"], _bytes(link["previous"]), link["algorithm"])
    except (ValueError, RecursionError):  # no event of ours says what cannot be read
        return False
    return digest(Digest(link["algorithm"]), said) == bytes(link["hash"])


def _met(subject: Subject, link: RowMapping, expected: Expected) -> Iterator[Finding]:
    """Is this place of the chain what the checkpoints saw there?"""
    key = (subject.slice, subject.about_id)
    places = expected.get(key, [])
    for place, hashed, checkpoint in places:
        if place == link["seq"] and bytes(link["hash"]).hex() != hashed:
            told = {"seen": place, "entry": link["entry_id"], "checkpoint": checkpoint}
            yield Finding(JournalFault.CHAIN_REWRITTEN, str(subject), told)
    left = [one for one in places if one[0] != link["seq"]]
    if left:
        expected[key] = left
    else:
        expected.pop(key, None)


def _ended(subject: Subject | None, seq: int, expected: Expected) -> Iterator[Finding]:
    """Did a checkpoint see the chain go further?"""
    if subject is None:
        return
    places = expected.pop((subject.slice, subject.about_id), [])
    for place, _, checkpoint in sorted(places)[-1:]:
        told = {"ended": seq, "seen": place, "checkpoint": checkpoint}
        yield Finding(JournalFault.CHAIN_CUT, str(subject), told)


def _checkpoints(
    connection: Connection,
    trusted: Collection[str],
    seen: Seen | None,
    expected: Expected,
) -> Iterator[Finding]:
    """The checkpoints the database keeps, each after the one before, and the one handed in."""
    number, previous = 0, None
    folded: dict[heads.Key, heads.Head] = {}
    root, whole = "", True
    found: Mapping[str, Any] | None = None
    for row in _stream(connection, _CHECKPOINTS):
        told = _header(row)
        where = f"checkpoint/{row['id']}"
        in_order = row["id"] == number + 1 and told["previous"] == previous
        if not (in_order and _is_signed(row, told)):
            whole = False
            yield Finding(JournalFault.CHECKPOINT_BROKEN, where, {})
        elif row["key_id"] not in trusted:
            whole = False
            yield Finding(JournalFault.CHECKPOINT_UNKNOWN_KEY, where, {"key": row["key_id"]})
        else:
            yield from _follow(row, folded, expected)
        number, previous, root = row["id"], _fingerprint(told), told["root"]
        if seen is not None and row["id"] == seen.number:
            found = told
    if number and whole and not _fits(folded, root):
        yield Finding(JournalFault.CHECKPOINT_BROKEN, f"checkpoint/{number}", {})
    if seen is not None:
        where = f"checkpoint/{seen.number}"
        if not seen.holds:
            yield Finding(JournalFault.CHECKPOINT_BROKEN, f"{where} (file)", {})
        if seen.key.key_id not in trusted:
            named = {"key": seen.key.key_id}
            yield Finding(JournalFault.CHECKPOINT_UNKNOWN_KEY, f"{where} (file)", named)
        if found != seen.header:
            yield Finding(JournalFault.CHECKPOINT_MISSING, where, {})


def _follow(
    row: RowMapping, folded: dict[heads.Key, heads.Head], expected: Expected
) -> Iterator[Finding]:
    """What this checkpoint saw that the one before had not; no chain ever goes back."""
    try:
        changed = heads.unpack(bytes(row["changed"]))
    except ValueError:
        yield Finding(JournalFault.CHECKPOINT_BROKEN, f"checkpoint/{row['id']}", {})
        return
    for key, head in changed.items():
        before = folded.get(key)
        if before is not None and head.seq <= before.seq:
            told = {"ended": head.seq, "seen": before.seq, "checkpoint": row["id"] - 1}
            yield Finding(
                JournalFault.CHAIN_CUT, f"{heads.named(key)} (checkpoint/{row['id']})", told
            )
        if head != heads.GONE:
            expected[key].append((head.seq, head.hash, row["id"]))
    heads.fold(folded, changed)


def _fits(folded: Mapping[heads.Key, heads.Head], root: str) -> bool:
    return any(heads.root(folded, algorithm).hex() == root for algorithm in Digest)


def _header(row: RowMapping) -> dict[str, Any]:
    known = row["algorithm"] in set(Digest)
    changed = digest(Digest(row["algorithm"]), bytes(row["changed"])).hex() if known else ""
    return {
        "format": FORMAT,
        "number": row["id"],
        "made_at": row["made_at"],
        "previous": bytes(row["previous"]).hex() if row["previous"] is not None else None,
        "root": bytes(row["root"]).hex(),
        "chains": row["chains"],
        "entries": row["entries"],
        "changed": changed,
        "algorithm": row["algorithm"],
        "key": row["key_id"],
    }


def _is_signed(row: RowMapping, told: dict[str, Any]) -> bool:
    if row["signing"] not in set(Signing) or row["algorithm"] not in set(Digest):
        return False
    signing = Signing(row["signing"])
    key = PublicKey(signing, row["key_id"], bytes(row["value"]))
    signature = Signature(signing, row["key_id"], bytes(row["signature"]))
    return verify_with(key, canonical(told), signature)


def _fingerprint(told: dict[str, Any]) -> str:
    algorithm = told["algorithm"]
    return digest(Digest(algorithm), canonical(told)).hex() if algorithm in set(Digest) else ""


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def _stream(connection: Connection, query: Any) -> Iterable[RowMapping]:
    """Row by row from a cursor of the server."""
    options = {"stream_results": True, "max_row_buffer": AT_ONCE}
    return connection.execute(query, execution_options=options).mappings()
