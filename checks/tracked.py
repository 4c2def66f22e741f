"""Nothing local, nothing secret: paths of one machine, addresses of package indexes, keys."""

import re
from collections.abc import Iterator

from checks import Finding, at

_INDEX = (
    "pypi|pythonhosted|npmjs|yarnpkg|npmmirror|cnpmjs|taobao|crates|artifactory|jfrog|nexus|devpi"
)
"""A label of a host name that gives a package index away, under whatever domain."""

_HOSTS = (
    rf"(?:[\w-]+\.)*(?:{_INDEX})(?:-[\w-]+)?\.[a-z][\w.-]*\w",
    r"(?:registry|mirrors?)\.(?:[\w-]+\.)+(?:org|com|net|io|dev|cn)\b",
    r"(?:deb|security|archive|snapshot|ftp)\.(?:debian|ubuntu)\.[a-z]+",
)

PATTERNS = (
    (
        "a path of one machine",
        re.compile(
            r"(?<![\w./~:}\\-])/(?:root(?![\w-])|(?:home|Users|work|tmp|mnt|data\d*)/(?=[\w.$*-])"
            r"|opt/(?:wheels|pypi)|var/folders/)[^\s\"'`)]*"
        ),
    ),
    ("a path of one machine", re.compile(r"\b[A-Z]:\\\\?(?:Users|Documents)\\[^\s\"']*")),
    ("a path of one machine", re.compile(r"\bfile:///[^\s\"']*")),
    (
        "an address of a package index",
        re.compile(rf"(?<![\w.-])(?:{'|'.join(_HOSTS)})(?![\w-])[^\s\"']*"),
    ),
    (
        "an address of a package index",
        re.compile(
            r"(?:--(?:extra-)?index-url|--find-links|--trusted-host|PIP_INDEX_URL|UV_INDEX\w*"
            r"|npm_config_registry)[ =]\S+"
        ),
    ),
    (
        "an address of a package index",
        re.compile(r"(?m)^\s*(?:@[\w-]+:)?(?:registry|index-url|extra-index-url|find-links)\s*=.*"),
    ),
    ("an address of a package index", re.compile(r"\"resolved\":\s*\"(?:https?|file):[^\"]*\"")),
    (
        "a private key",
        re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=]{16,}"),
    ),
    (
        "a token of a service",
        re.compile(
            r"\b(?:AIza[\w-]{35}|gh[pousr]_\w{36,}|github_pat_\w{22,}|AKIA[0-9A-Z]{16}"
            r"|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36}|pypi-Ag[\w-]{20,})\b"
        ),
    ),
    (
        "a signed token",
        re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{30,}"),
    ),
    (
        "a password in an address",
        re.compile(
            r"\b[a-z][\w+]*://[^\s:/@{}<>$\"']+:"
            r"(?!(?:pw|password|secret|PASSWORD|x+|\*+|…|\.\.\.)@)[^\s/@{}<>$\"']+@(?=[\w/\[])"
        ),
    ),
)
"""What may stand in no tracked file, with the reason."""


def findings(path: str, text: str) -> Iterator[Finding]:
    """Everything in one file that binds it to a machine or gives a secret away."""
    for why, pattern in PATTERNS:
        for match in pattern.finditer(text):
            yield at(path, text, match, why)
