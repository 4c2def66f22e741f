"""The table as a page for lawyers: `python -m services.deadlines > docs/deadlines.md`."""

from services.deadlines.engine.arithmetic import Period, PeriodClass, Unit
from services.deadlines.engine.calendar import state_council_calendar
from services.deadlines.engine.rules import SOURCES, TABLE, Kind, Organ, Rule, Trigger

_UNITS = {
    Unit.HOURS: "小时",
    Unit.DAYS: "日",
    Unit.HALF_MONTHS: "个半月",
    Unit.MONTHS: "个月",
    Unit.WORKING_DAYS: "个工作日",
}
_CLASSES = {
    PeriodClass.CUSTODY: ("羁押类", "末日为节假日时，在押的不顺延；未在押的顺延"),
    PeriodClass.LIBERTY: ("人身自由类", "在押的，应办日不顺延，顺延日为外限；未在押的顺延"),
    PeriodClass.NEUTRAL: ("一般类", "在押的，应办日不顺延，顺延日为外限；未在押的顺延"),
    PeriodClass.MEASURE: ("强制措施期限类", "一律不顺延"),
    PeriodClass.HOURS: ("小时类", "按小时计算，不顺延"),
}
_KINDS = {
    Kind.DEADLINE: "期限",
    Kind.IMMEDIATE: "立即",
    Kind.THRESHOLD: "届满触发",
    Kind.BACKWARD: "倒计",
    Kind.GUARD: "限制",
}
_TRIGGERS = {
    Trigger.DETENTION_EXECUTED: "执行拘留",
    Trigger.ARREST_REQUEST_RECEIVED: "检察院收到提请批准逮捕书",
    Trigger.ARREST_APPROVAL_RECEIVED: "公安机关收到批准逮捕决定书",
    Trigger.ARREST_EXECUTED: "逮捕执行完毕",
    Trigger.NON_ARREST_RECEIVED: "公安机关收到不批准逮捕决定书",
}
_ORGANS = {Organ.POLICE: "公安机关", Organ.PROCURATORATE: "检察院"}

_HEAD = """\
# 法定期限表 · Statutory periods

<!-- Generated: python -m services.deadlines > docs/deadlines.md -->

本表由程序中的规则数据（`services/deadlines/rules.py`）生成，供法律人员核对。法律修改时增加新行并注明
生效日期，不改旧行；期限适用起算之日有效的一行。“生效”为所读文本的生效日期，较早文本的规定可能相同。

This page is generated from the rule table, for lawyers to proofread. A change in the law is a
new row with its date. "In force from" is the date of the text that was read.

## 怎样计算 · How a period is counted

1. 开始的时和日不计入；最后一日到二十四时止（刑诉法105条2款）。
2. 以月计算的，至届满月同日；起算日为当月最后一日的，至届满月最后一日；无同日的，至该月最后一日；
   半个月按十五日（高法解释202条1款）。因“月末至月末”而比同日更晚的，自同日起即予警示。
3. 最后一日为节假日的，顺延至其后第一个工作日；在押期间不顺延（刑诉法105条4款）。
   期间中间的节假日照算。节假日指周末和国务院办公厅通知的放假日；调休上班的周末按工作日计算。
4. “应办日”是应当遵守的日期（取谨慎的读法）；“外限”是法律所能容许的最晚一日。
   二者仅在条文有两种读法时不同。
5. 是否在押不明的，按在押计算；因他案在押、被留置或者正在服刑的，按在押计算；指定居所监视居住的，
   按人身自由类计算：应办日不顺延，顺延日为外限。
6. 延长的期限从未顺延的届满日起连续计算（延长羁押期限规定16条）；
   连续延长的月数同时按“一次计算”和“逐段计算”，较早的为应办日，较晚的为外限。
7. 超出已公布的放假安排的日期，只按周末和固定节日计算，并标明“暂定”。

"""


def page() -> str:
    """The whole page in Markdown."""
    calendar = state_council_calendar()
    rows = [
        "| 编号 | 种类 | 约束 | 起算 | 长度 | 类别 | 内容 | 依据 | 生效 |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_row(rule) for rule in TABLE),
    ]
    classes = [f"- **{name}**：{rule}。" for name, rule in _CLASSES.values()]
    sources = [f"- `{key}` {short}：{full}" for key, (short, full) in SOURCES.items()]
    papers = [f"- <{paper}>" for paper in calendar.papers]
    sections = (
        "## 规则 · Rules\n\n" + "\n".join(rows),
        "## 类别 · Classes\n\n" + "\n".join(classes),
        "## 依据 · Sources\n\n" + "\n".join(sources),
        f"## 日历 · Calendar\n\n国务院办公厅放假通知，已知至 {calendar.known_until}"
        "（次年的通知可能调整十二月最后三日）：\n\n" + "\n".join(papers),
    )
    return _HEAD + "\n\n".join(sections) + "\n"


def _row(rule: Rule) -> str:
    lengths = [_length(rule.period)] if rule.period else ["—"]
    lengths += [
        f"{extension.zh}，共{extension.up_to}{_UNITS[rule.period.unit]}"
        f"（{'；'.join(article.zh for article in extension.articles)}）"
        for extension in rule.extensions
        if rule.period
    ]
    name = _CLASSES[rule.period.period_class][0] if rule.period else "—"
    cells = (
        rule.id,
        _KINDS[rule.kind],
        _ORGANS[rule.binds],
        _TRIGGERS[rule.trigger],
        "；".join(lengths),
        name,
        f"{rule.zh}<br>{rule.en}",
        f"{rule.article_zh}<br>{rule.article}",
        f"{rule.effective_from}" + (f" 至 {rule.effective_until}" if rule.effective_until else ""),
    )
    return f"| {' | '.join(cells)} |"


def _length(period: Period) -> str:
    return f"{period.length}{_UNITS[period.unit]}"
