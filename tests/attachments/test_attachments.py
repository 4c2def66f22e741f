"""Files: known by content, a draft of their uploader, read by whoever sees the request."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import func, insert, join, select, true

from services import arrest_requests, attachments
from services.attachments import (
    DRAFTS_WAIT,
    MOST_DRAFTS,
    MOST_MEMBERS,
    Attachment,
    AttachmentTaken,
    FileEmpty,
    FileTooLarge,
    MediaType,
    NewFile,
    TooManyDrafts,
    UnknownFileType,
    media_type_of,
    named_as,
    safe_name,
)
from services.kernel.act import Act
from services.kernel.refusals import NotAllowed, NotFound
from services.offices import OfficeKind
from services.policy import MACHINE, PostKind
from tests.make import Make, Town

PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
JPEG = b"\xff\xd8\xff\xe0" + bytes(16)


def zipped(*members: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as container:
        for member in members:
            container.writestr(member, "x")
    return buffer.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")
TAKEN: Mapping[MediaType, bytes] = {
    MediaType.PDF: PDF,
    MediaType.JPEG: JPEG,
    MediaType.PNG: PNG,
    MediaType.DOCX: DOCX,
    MediaType.OFD: zipped("OFD.xml", "Doc_0/Document.xml"),
}
NOT_TAKEN: Mapping[str, bytes] = {
    "a program": b"MZ" + bytes(64),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing with scripts": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "plain words": "犯罪事实".encode(),
    "an archive": zipped("evidence.txt"),
    "a document with macros": zipped(
        "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"
    ),
    "a sheet": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "half an archive": DOCX[: len(DOCX) // 2],
    "a moving picture": b"GIF89a" + bytes(16),
    "a photo of another kind": b"\x00\x00\x00\x18ftypheic" + bytes(16),
}


@pytest.fixture
def town(make: Make) -> Town:
    return make.town()


@pytest.fixture
def officer(make: Make, town: Town) -> Act:
    return make.act(town.officer)


def sent(act: Act, content: bytes = PDF, name: str = "提请批准逮捕书.pdf") -> Attachment:
    return attachments.upload(act, NewFile(name, content), limit=10_000)


@pytest.mark.parametrize("media_type", list(MediaType))
def test_every_kind_that_is_taken_is_known_by_its_content(media_type: MediaType) -> None:
    assert media_type_of(TAKEN[media_type]) is media_type


@pytest.mark.parametrize("what", sorted(NOT_TAKEN))
def test_what_is_not_taken_is_refused_whatever_its_name(officer: Act, what: str) -> None:
    with pytest.raises(UnknownFileType):
        sent(officer, NOT_TAKEN[what], "起诉意见书.pdf")


def test_a_document_of_too_many_parts_is_not_read() -> None:
    parts = ["[Content_Types].xml", "word/document.xml"]
    within = zipped(*parts, *map(str, range(MOST_MEMBERS - 2)))
    beyond = zipped(*parts, *map(str, range(MOST_MEMBERS - 1)))

    assert media_type_of(within) is MediaType.DOCX
    with pytest.raises(UnknownFileType):
        media_type_of(beyond)


def test_a_file_is_kept_with_its_digest_as_the_uploaders_draft(officer: Act) -> None:
    kept = sent(officer)
    officer.session.expire_all()

    assert (kept.media_type, kept.size) == (MediaType.PDF, len(PDF))
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (kept.title, kept.file_name) == ("提请批准逮捕书.pdf", "提请批准逮捕书.pdf")
    assert (kept.uploaded_by, kept.arrest_request_id) == (officer.actor.id, None)
    assert kept.content == PDF


def test_an_empty_file_and_one_byte_too_many_are_refused(officer: Act) -> None:
    with pytest.raises(FileEmpty):
        sent(officer, b"")
    assert attachments.upload(officer, NewFile("", PDF), limit=len(PDF))
    with pytest.raises(FileTooLarge):
        attachments.upload(officer, NewFile("", PDF), limit=len(PDF) - 1)


def test_drafts_of_one_person_do_not_pile_up(officer: Act, make: Make, town: Town) -> None:
    one = sent(officer)
    columns = {c.name: c for c in Attachment.__table__.columns if c.name != "id"}
    numbers = func.generate_series(2, MOST_DRAFTS).table_valued("n").lateral()
    copies = select(*columns.values()).select_from(join(Attachment, numbers, true()))
    officer.session.execute(
        insert(Attachment).from_select(list(columns), copies.where(Attachment.id == one.id))
    )

    with pytest.raises(TooManyDrafts):
        sent(officer)
    assert sent(make.act(make.person(PostKind.POLICE_OFFICER, town.police)))


@pytest.mark.parametrize("who", ["manager", "prosecutor", "chief"])
def test_only_the_police_upload(make: Make, town: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        sent(make.act(getattr(town, who)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\案卷\\证据.pdf", "证据.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("", "附件"),
        ("...", "附件"),
        ("卷" * 300 + ".pdf", "卷" * 146 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


# --- who reads it ---------------------------------------------------------------------------


def found(act: Act, attachment: Attachment) -> bool:
    try:
        attachments.find(act, attachment.id, requests=arrest_requests.visible_ids(act))
    except NotFound:
        return False
    return True


def test_a_name_ends_as_what_the_file_is(officer: Act) -> None:
    assert sent(officer, PDF, "提请批准逮捕书.exe").file_name == "提请批准逮捕书.exe.pdf"
    assert sent(officer, PNG, "照片.PNG").file_name == "照片.PNG"
    assert sent(officer, JPEG, "照片.jpeg").file_name == "照片.jpeg"
    assert {named_as(kind, "附件") for kind in MediaType} == {
        "附件.pdf",
        "附件.jpg",
        "附件.png",
        "附件.docx",
        "附件.ofd",
    }


def test_a_draft_is_its_uploaders_alone(officer: Act, make: Make, town: Town) -> None:
    draft = sent(officer)

    assert found(officer, draft)
    for other in (
        make.person(PostKind.POLICE_OFFICER, town.police),
        town.manager,
        make.town().officer,
    ):
        assert not found(make.act(other), draft)


def test_once_taken_up_it_is_read_by_whoever_sees_the_request(
    officer: Act, make: Make, town: Town
) -> None:
    attachment = sent(officer)
    request = make.arrest_request(town)
    attachments.bind(officer, {attachment.id}, request.id)
    make.session.refresh(attachment)

    colleague = make.person(PostKind.POLICE_OFFICER, town.police)
    for reader in (town.officer, colleague, town.manager, town.chief):
        assert found(make.act(reader), attachment)
    for stranger in (make.town().officer, make.town().manager, make.person()):
        assert not found(make.act(stranger), attachment)


def test_an_uploader_who_has_left_the_organ_reads_it_no_more(
    officer: Act, make: Make, town: Town
) -> None:
    attachment = sent(officer)
    attachments.bind(officer, {attachment.id}, make.arrest_request(town).id)
    moved = make.person(PostKind.POLICE_OFFICER, make.office(OfficeKind.PUBLIC_SECURITY))
    attachment.uploaded_by = moved.id
    make.session.flush()

    assert not found(make.act(moved), attachment)


def test_only_own_drafts_and_the_requests_own_files_may_be_attached(
    officer: Act, make: Make, town: Town
) -> None:
    colleague = make.act(make.person(PostKind.POLICE_OFFICER, town.police))
    mine, theirs, bound, elsewhere = (sent(officer) for _ in range(4))
    theirs.uploaded_by = colleague.actor.id
    here, other = make.arrest_request(town), make.arrest_request(town)
    make.session.flush()
    attachments.bind(officer, {bound.id}, here.id)
    attachments.bind(officer, {elsewhere.id}, other.id)
    ids = [one.id for one in (mine, theirs, bound, elsewhere)]

    assert set(attachments.attachable(officer, ids, None)) == {mine.id}
    assert set(attachments.attachable(officer, ids, here.id)) == {mine.id, bound.id}


def test_a_file_that_went_elsewhere_is_not_taken_again(
    officer: Act, make: Make, town: Town
) -> None:
    attachment = sent(officer)
    first, second = make.arrest_request(town), make.arrest_request(town)
    attachments.bind(officer, {attachment.id}, first.id)

    attachments.bind(officer, {attachment.id}, first.id)
    with pytest.raises(AttachmentTaken):
        attachments.bind(officer, {attachment.id}, second.id)


def test_a_draft_nobody_sends_is_forgotten_after_a_month_and_what_was_sent_stays(
    officer: Act, make: Make, town: Town
) -> None:
    forgotten, fresh, bound = sent(officer), sent(officer), sent(officer)
    attachments.bind(officer, {bound.id}, make.arrest_request(town).id)
    for old in (forgotten, bound):
        old.uploaded_at = make.now - timedelta(days=31)
    make.session.flush()

    gone = attachments.forget_drafts(make.act(MACHINE), DRAFTS_WAIT)

    kept = set(make.session.scalars(select(Attachment.id)))
    assert (gone, kept) == (1, {fresh.id, bound.id})
