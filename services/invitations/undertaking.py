"""The undertaking of secrecy (保密承诺) in plain words, by edition (PSUP-2021 7).

An edition is never changed once somebody has signed it: a new text gets a new edition.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Undertaking:
    """One edition of the text."""

    edition: str
    title: str
    lines: tuple[str, ...]


EDITIONS = MappingProxyType(
    {
        one.edition: one
        for one in (
            Undertaking(
                "2026-1",
                "保密承诺书",
                (
                    "我受邀参加这次监督活动。我承诺：",
                    "一、看到、听到的国家秘密、商业秘密和个人隐私，不告诉任何人。",
                    "二、未成年人的信息，不告诉任何人。",
                    "三、没有公开的案件信息，不告诉任何人，包括家人、朋友和同事。",
                    "四、监督材料只在这部手机上由我本人阅看，不拍照、不截屏、不抄录、不转发。",
                    "五、不以人民监督员的身份妨碍检察机关办案，不私下接触案件当事人。",
                    "六、材料到期后不再阅看。我知道每次阅看都有记录，每页都有我的编号。",
                    "七、违反承诺的，我愿意承担相应责任。",
                ),
            ),
        )
    }
)
CURRENT = EDITIONS["2026-1"]
