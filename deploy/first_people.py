# ruff: noqa: EM101, INP001, T201, TRY003  # a script to change and run once, not a module
"""The first offices, people and charges of a real installation: change it, then run it once.

    sudo -u jiantong env $(sudo grep -v '^#' /etc/jiantong/jiantong.env | xargs) \
        /opt/jiantong/.venv/bin/python deploy/first_people.py

It asks for each password. There is no command for the registers yet; this is the honest minimum.
"""

from datetime import date
from getpass import getpass

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from services import charges
from services.kernel.settings import Settings
from services.offices import Level, Office, OfficeKind
from services.people import Person, Post, hash_password
from services.policy import PostKind

with Session(create_engine(Settings.from_environment().app_url)) as session, session.begin():
    if session.scalar(select(Office.id).limit(1)):
        raise SystemExit("There are offices already: nothing was changed.")
    procuratorate = Office(
        kind=OfficeKind.PROCURATORATE,
        level=Level.DISTRICT,
        name="某市某区人民检察院",
        short_name="某检",  # as it stands in document numbers
    )
    session.add(procuratorate)
    session.flush()
    police = Office(
        kind=OfficeKind.PUBLIC_SECURITY,
        level=Level.DISTRICT,
        name="某市公安局某分局",
        short_name="某公",
        procuratorate_id=procuratorate.id,
    )
    session.add(police)
    session.flush()
    for username, name, post, office in (
        ("officer", "公安承办人", PostKind.POLICE_OFFICER, police),
        ("manager", "案件管理人员", PostKind.CASE_MANAGER, procuratorate),
        ("prosecutor", "检察官", PostKind.PROSECUTOR, procuratorate),
        ("chief", "检察长", PostKind.CHIEF_PROCURATOR, procuratorate),
    ):
        person = Person(
            username=username,
            name=name,
            password_hash=hash_password(getpass(f"Password of {username}: ")),
        )
        person.posts.append(Post(office_id=office.id, kind=post, from_on=date.today()))  # noqa: DTZ011
        session.add(person)
    print(f"4 people, 2 offices, {charges.load(session)} charges written.")
