"""Why a period begins again, and why days are left out, in words and with the article."""

from collections.abc import Mapping

from services.deadlines.engine.articles import Article
from services.deadlines.engine.events import ExclusionReason
from services.deadlines.engine.rules import RestartReason

REASONS: Mapping[str, tuple[str, str]] = {
    RestartReason.JURISDICTION_CHANGED: ("改变管辖", "the jurisdiction changed"),
    RestartReason.NEW_CRIME: ("发现另有重要罪行", "another important crime was discovered"),
    RestartReason.IDENTITY_ESTABLISHED: ("查清身份", "the identity was established"),
    RestartReason.NEW_ORGAN: ("移送下一机关重新决定", "the next organ decided anew"),
    ExclusionReason.PSYCHIATRIC_EVALUATION: ("精神病鉴定", "a psychiatric evaluation"),
    ExclusionReason.RETENTION: (
        "留置案件决定强制措施",
        "deciding the measure in a retention case",
    ),
    ExclusionReason.TRIAL_SUSPENDED: ("中止审理", "the trial suspended"),
}
"""In Chinese and in English, as a noun or a clause that others complete."""

RESTARTED_UNDER: Mapping[RestartReason, tuple[Article, ...]] = {
    RestartReason.JURISDICTION_CHANGED: (Article("CPL", 172, 2),),
    RestartReason.NEW_CRIME: (Article("CPL", 160, 1),),
    RestartReason.IDENTITY_ESTABLISHED: (Article("CPL", 160, 2),),
    RestartReason.NEW_ORGAN: (Article("RULES", 103), Article("RULES", 113)),
}
"""What lets a period begin again."""

LEFT_OUT_UNDER: Mapping[ExclusionReason, tuple[Article, ...]] = {
    ExclusionReason.PSYCHIATRIC_EVALUATION: (Article("CPL", 149),),
    ExclusionReason.RETENTION: (Article("CPL", 170, 2), Article("RULES", 143, 2)),
    ExclusionReason.TRIAL_SUSPENDED: (Article("CPL", 206, 2),),
}
"""What lets days be left out."""
