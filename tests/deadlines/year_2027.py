"""A notice for 2027, invented for the tests: a year that could be."""

from dataclasses import replace
from datetime import date, timedelta

from services.deadlines.notices import NewNotice


def days(text: str, year: int = 2027) -> tuple[date, ...]:
    """Days written as `01-01..01-03 05-01`."""
    found: list[date] = []
    for run in text.split():
        first, _, last = run.partition("..")
        day = date.fromisoformat(f"{year}-{first}")
        while day <= date.fromisoformat(f"{year}-{last or first}"):
            found.append(day)
            day += timedelta(1)
    return tuple(found)


YEAR_2027 = NewNotice(
    2027,
    "国务院办公厅关于2027年部分节假日安排的通知",
    "国办发明电〔2026〕9号",
    "https://www.gov.cn/zhengce/content/202611/content_7100001.htm",
    days("01-01..01-03 02-05..02-13 04-03..04-05 05-01..05-05 06-09 09-15 10-01..10-07"),
    days("01-31 02-20 05-08 09-26 10-09"),
)

WORDING_2027 = """
国务院办公厅关于2027年部分节假日安排的通知

各省、自治区、直辖市人民政府：根据放假办法，自2025年1月1日起，春节自农历除夕起放假调休8天。

一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至13日（农历正月初八、周六）放假调休，共9天。
1月31日（周日）、2月20日（周六）上班。鼓励安排职工在2月4日（周四）休息。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。

节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
"""


def notice_2027(**other: object) -> NewNotice:
    """The notice, with something in it otherwise."""
    return replace(YEAR_2027, **other)  # type: ignore[arg-type]
