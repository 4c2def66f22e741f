"""How a service says no.

A service returns or refuses. Each refusal is a class whose name becomes the
problem's type; its docstring's first line is what an English reader sees, its
`zh` what people see by default, so the words stand beside the rule. The
families below are mapped to HTTP once, in `api/problems.py`.
"""

import re
from typing import Any, ClassVar


class Refusal(Exception):
    """The request was understood and is refused."""

    slug: ClassVar[str] = "refusal"
    title: ClassVar[str] = "The request was understood and is refused."
    zh: ClassVar[str] = "请求被拒绝。"

    def __init_subclass__(cls) -> None:
        """Derive the problem's type and English title from the class itself."""
        cls.slug = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()
        cls.title = (cls.__doc__ or "").partition("\n")[0]

    def __init__(self, **members: Any) -> None:
        super().__init__(self.title)
        self.members = members


class SignedOut(Refusal):
    """You are not signed in, or no longer are."""

    zh = "您尚未登录，或登录已失效。"


class NotAllowed(Refusal):
    """Your post does not carry this power."""

    zh = "您的岗位无此权限。"


class NotFound(Refusal):
    """There is nothing by that name that you may see."""

    zh = "未找到，或您无权查看。"


class Conflict(Refusal):
    """This cannot be done as things stand."""

    zh = "目前状态下不能办理。"


class Gone(Refusal):
    """It was here once and is no longer."""

    zh = "该内容已不再提供。"


class Stale(Refusal):
    """Somebody changed this since you read it; read it again first."""

    zh = "内容已被他人更新，请重新读取后再办理。"


class Unprocessable(Refusal):
    """What was sent is readable but cannot be accepted."""

    zh = "提交的内容不符合要求。"


class Unversioned(Refusal):
    """Say which version you change: send If-Match with the ETag you read."""

    zh = "缺少版本标识，请携带读取时的 ETag（If-Match）。"


class Unconfirmed(Refusal):
    """Confirm who you are, for this very act."""

    zh = "请再次确认身份。"


class Outdated(Refusal):
    """The program that asks is too old for this service."""

    zh = "客户端版本已不受支持。"


class Unavailable(Refusal):
    """This cannot be served at the moment; try again later."""

    zh = "暂时无法提供该服务，请稍后再试。"


class TooMany(Refusal):
    """Too many requests; wait and try again."""

    zh = "请求过于频繁，请稍后再试。"
