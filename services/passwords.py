"""Passwords (口令): long rather than odd, and none that a guesser tries first.

No rule asks for digits or signs (OWASP ASVS 5.0, 6.2.5); a password may have up to two hundred
characters (6.2.9), and is refused when it is one of those people take everywhere (6.2.4) or little
more than a word about whoever takes it (6.1.2). The list is ours: what it refuses it refuses
whatever case it is written in and whatever digits or signs stand behind it.
"""

import re
from collections.abc import Iterable
from functools import cache

SHORTEST = 12
"""NIST SP 800-63B asks for at least eight characters; who decides on liberty can spare four."""
LONGEST = 200
_OWN = 4
"""A word about somebody counts from so many characters (or from two that are no Latin letters)."""

_WORDS = """
password passwort passw0rd p@ssword p@ssw0rd pass pwd secret welcome letmein login admin root
administrator administrateur superuser test testing user guest default changeme change qwerty
qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc qwer asdf zxcv iloveyou sunshine princess dragon
monkey football baseball master shadow superman batman trustno computer internet windows
whatever freedom starwars hello china beijing shanghai woaini woaiwojia wodemima mima nihao
nihaoma caonima aini wozhongguo zhongguo jiancha jianchayuan jiantong gongan police prosecutor
procurator justice court office lawyer spring summer autumn winter january monday
口令 密码 我的密码 检察 检察院 公安 公安局 检通 中国 你好 我爱你 管理员
""".split()  # noqa: SIM905  # a list of words reads as one
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890",
    "0123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
)
_PLAIN = str.maketrans("@4301!5$7", "aaeoiisst")


def is_common(password: str, about: Iterable[str] = ()) -> bool:
    """Would somebody who guesses try it early: taken everywhere, or a word about the person?

    `about` holds words about the person: the user name, the name, the offices'.
    """
    lowered = password.casefold()
    core = _core(lowered)
    own = [word.casefold() for word in about if len(word) >= (_OWN if word.isascii() else 2)]
    return (
        _is_repeated(lowered)
        or _is_a_row(lowered)
        or not core
        or any(_is_made_of(form, _common()) for form in (core, core.translate(_PLAIN)))
        or any(_is_made_of(form, _common() | {*own}) for form in (core, lowered))
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORDS)


def _core(password: str) -> str:
    """Without the digits and signs around it."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)


def _is_repeated(password: str) -> bool:
    """Is it one short piece over and over, such as abcabcabcabc?"""
    return any(
        password == (password[:size] * len(password))[: len(password)] for size in range(1, 5)
    )


def _is_a_row(password: str) -> bool:
    """Is it keys in a row or the alphabet, forwards or backwards?"""
    return any(
        password in row * 3 or password in row[::-1] * 3 or password[::-1] in row * 3
        for row in _ROWS
    )


def _is_made_of(password: str, words: frozenset[str]) -> bool:
    """Is it only such words, one after the other, with digits and signs between them?"""
    left = password
    while True:
        left = _core(left)
        longest = max((word for word in words if left.startswith(word)), key=len, default="")
        if not longest:
            return False
        left = left.removeprefix(longest)
        if not _core(left):
            return True
