"""Attachments (附件): files that come with a request, kept in the same database.

What a file is, its content says; its name and the browser's word are not believed. A file is a
draft of whoever uploaded it until a request takes it up; from then on it belongs to the request
and whoever sees the request may read it. Papers that were sent stay: nothing takes them away.
"""

import hashlib
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any

import filetype
from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    and_,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.kernel.act import Act, Record
from services.kernel.refusals import Conflict, NotFound, Unprocessable
from services.kernel.sealed import SealedBytes
from services.policy import Permission, demands

MOST_DRAFTS = 200
"""So many uploaded files of one person may wait for a request to take them up."""
DRAFTS_WAIT = timedelta(days=30)
"""So long an uploaded file waits for a request to take it up."""
MOST_MEMBERS = 10_000
"""A document in a ZIP container with more parts than this is not read."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u202a-\u202e\u2066-\u2069]')


class Paper(StrEnum):
    """What a paper in the file, or an attachment, is."""

    REQUEST_DOCUMENT = "request_document"
    EVIDENCE = "evidence"
    PROCEDURE = "procedure"
    DETENTION_WARRANT = "detention_warrant"
    EXTENSION_APPROVAL = "extension_approval"
    DEPUTY_PERMISSION = "deputy_permission"
    LEGAL_AID = "legal_aid"
    PLEA_RECORD = "plea_record"
    SOCIAL_INQUIRY = "social_inquiry"
    PROPERTY_LIST = "property_list"
    IDENTITY = "identity"
    RECORDING = "recording"
    OTHER = "other"


class MediaType(StrEnum):
    """What a file may be."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    OFD = "application/ofd"
    """Open fixed-layout documents (GB/T 33190-2016)."""


_ENDINGS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.DOCX: (".docx",),
    MediaType.OFD: (".ofd",),
}
"""How the name of a file of that kind ends."""


class UnknownFileType(Unprocessable):
    """Only PDF, JPEG, PNG, DOCX and OFD files are taken; the content decides, not the name."""

    zh = "仅接收 PDF、JPEG、PNG、DOCX、OFD 文件（以文件内容为准）。"


class FileEmpty(Unprocessable):
    """The file is empty."""

    zh = "文件内容为空。"


class FileTooLarge(Unprocessable):
    """The file is larger than this installation takes."""

    zh = "文件超过大小限制。"


class TooManyDrafts(Conflict):
    """Too many of your uploaded files belong to no request yet; submit the request first."""

    zh = "您已上传而未提交的文件过多，请先提交。"


class AttachmentTaken(Conflict):
    """A file belongs to another request by now."""

    zh = "所附文件已归入其他提请。"


class Attachment(Record):
    """A file, its kind by content, and the digest of its bytes."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("attachments_by_request", "arrest_request_id"),
        Index("attachments_by_uploader", "uploaded_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    arrest_request_id: Mapped[int | None] = mapped_column(ForeignKey("arrest_requests.id"))
    title: Mapped[str]
    kind: Mapped[Paper]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    """Of the plain content, in hexadecimal."""
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(SealedBytes("attachments.content"), deferred=True)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it came in."""

    file_name: str
    content: bytes
    title: str = ""
    kind: Paper = Paper.OTHER


def visible(act: Act, requests: Select[Any]) -> Select[Attachment]:
    """The actor's own drafts, and what belongs to `requests`: a choice of ids the actor may see."""
    return select(Attachment).where(
        or_(
            and_(Attachment.uploaded_by == act.actor.id, Attachment.arrest_request_id.is_(None)),
            Attachment.arrest_request_id.in_(requests),
        )
    )


def find(act: Act, attachment_id: int, *, requests: Select[Any]) -> Attachment:
    """The attachment, if the actor may see it; otherwise it does not exist."""
    found = act.session.scalar(visible(act, requests).where(Attachment.id == attachment_id))
    if found is None:
        raise NotFound
    return found


@demands(Permission.ATTACHMENT_UPLOAD)
def upload(act: Act, file: NewFile, *, limit: int) -> Attachment:
    """Keep a file of at most `limit` bytes as the uploader's draft.

    Electronic files come with the request and are checked with it (CPL 87, RULES 157(2)).

    Refuses:
        NotAllowed: only police officers upload.
        FileEmpty: it has no content.
        FileTooLarge: it has more than `limit` bytes.
        UnknownFileType: its content is none of the kinds that are taken.
        TooManyDrafts: too many files of this person belong to no request yet.

    Records:
        Nothing: it is a draft; the request that takes it up records itself.
    """
    if not file.content:
        raise FileEmpty
    if len(file.content) > limit:
        raise FileTooLarge(limit=limit)
    media_type = media_type_of(file.content)
    drafts = select(func.count()).where(
        Attachment.uploaded_by == act.actor.id, Attachment.arrest_request_id.is_(None)
    )
    if (act.session.scalar(drafts) or 0) >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    name = named_as(media_type, safe_name(file.file_name))
    kept = Attachment(
        title=file.title.strip() or name,
        kind=file.kind,
        file_name=name,
        media_type=media_type.value,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        uploaded_by=act.actor.id,
        uploaded_at=act.now,
        content=file.content,
    )
    act.session.add(kept)
    act.session.flush()
    return kept


@demands(Permission.ATTACHMENT_FORGET)
def forget_drafts(act: Act, older_than: timedelta) -> int:
    """Delete files that no request took up in time, and say how many; they may hold a case.

    What was sent stays for ever. Drafts are waited for by the machine's clock: no period of the
    law hangs on them.

    Refuses:
        NotAllowed: only the house's own machine.

    Records:
        Nothing: a draft never was part of any case.
    """
    left = (
        select(Attachment.id)
        .where(
            Attachment.arrest_request_id.is_(None), Attachment.uploaded_at < act.now - older_than
        )
        .with_for_update(skip_locked=True)
    )
    ids = act.session.scalars(left).all()
    act.session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
    return len(ids)


def attachable(act: Act, ids: Collection[int], request_id: int | None) -> dict[int, Paper]:
    """Which of `ids` the actor may attach (own drafts) or the request already has: id and kind."""
    mine = select(Attachment.id, Attachment.kind).where(
        Attachment.id.in_(ids),
        or_(
            and_(Attachment.uploaded_by == act.actor.id, Attachment.arrest_request_id.is_(None)),
            false() if request_id is None else Attachment.arrest_request_id == request_id,
        ),
    )
    return dict(iter(act.session.execute(mine)))


def bind(act: Act, ids: Collection[int], request_id: int) -> None:
    """Let a request take up files; part of submitting or correcting it, which has been allowed.

    Refuses:
        AttachmentTaken: another request took one of them up a moment ago.
    """
    free_or_here = or_(
        Attachment.arrest_request_id.is_(None), Attachment.arrest_request_id == request_id
    )
    taken = act.session.scalars(
        update(Attachment)
        .where(Attachment.id.in_(ids), free_or_here)
        .values(arrest_request_id=request_id)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    ).all()
    if set(taken) != set(ids):
        raise AttachmentTaken


def media_type_of(content: bytes) -> MediaType:
    """What a file is by its content.

    Refuses:
        UnknownFileType: none of the kinds that are taken, or a document with macros.
    """
    if content.startswith(b"PK\x03\x04"):
        return _container(content)
    try:
        return MediaType(filetype.guess_mime(content) or "")
    except ValueError as error:
        raise UnknownFileType from error


def safe_name(file_name: str) -> str:
    """A file name without folders, control characters or what turns the direction of reading."""
    last = re.split(r"[\\/]", file_name)[-1]
    return _FORBIDDEN.sub("", last).strip(" .")[-150:] or "附件"


def named_as(media_type: MediaType, name: str) -> str:
    """The name with the ending of what the file is, so that no phone opens it as something else."""
    endings = _ENDINGS[media_type]
    return name if name.lower().endswith(endings) else name + endings[0]


def _container(content: bytes) -> MediaType:
    """A document in a ZIP container, known by the parts that its standard asks for."""
    if content.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise UnknownFileType
    try:
        with zipfile.ZipFile(BytesIO(content)) as container:
            members = set(container.namelist())
    # zipfile raises NotImplementedError for a compression it does not know: an unknown file to us.
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnknownFileType from error
    if "OFD.xml" in members:
        return MediaType.OFD
    macros = any(member.lower().endswith("vbaproject.bin") for member in members)
    if {"[Content_Types].xml", "word/document.xml"} <= members and not macros:
        return MediaType.DOCX
    raise UnknownFileType
