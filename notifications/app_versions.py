"""What administrators and security officers hear about the versions of the app."""

from notifications.audiences import everywhere
from notifications.messages import Message, Urgency, Words, on
from services.app_versions import (
    AppVersionResumed,
    AppVersionStopped,
    LeastVersion,
    LeastVersionSet,
    StoppedVersion,
)
from services.devices import Platform
from services.policy import PostKind

CONTROLLERS = everywhere(PostKind.ADMINISTRATOR, PostKind.SECURITY_OFFICER)
"""Whom people ask when the app tells them to update."""


def _stopped() -> StoppedVersion:
    return StoppedVersion(id=3, platform=Platform.IOS, number="1.4.0", reason="附件显示有误")


@on(
    AppVersionStopped,
    about=StoppedVersion,
    to=CONTROLLERS,
    urgency=Urgency.TASK,
    sample=lambda: (AppVersionStopped(3), _stopped()),
)
def app_version_stopped(_event: AppVersionStopped, version: StoppedVersion) -> Message:
    """Warn those who will be asked why the app does not open."""
    return Message(
        "应用版本已停用",
        f"{version.platform}/{version.number} 已停用：{version.reason}",
        "/me",
        en=Words(
            "A version of the app was stopped",
            f"{version.platform}/{version.number} may no longer be used: {version.reason}",
        ),
    )


@on(
    AppVersionResumed,
    about=StoppedVersion,
    to=CONTROLLERS,
    sample=lambda: (AppVersionResumed(3), _stopped()),
)
def app_version_resumed(_event: AppVersionResumed, version: StoppedVersion) -> Message:
    """Tell that the app opens again."""
    return Message(
        "应用版本已恢复使用",
        f"{version.platform}/{version.number} 已恢复使用。",
        "/me",
        en=Words(
            "A version of the app may be used again",
            f"{version.platform}/{version.number} may be used again.",
        ),
    )


@on(
    LeastVersionSet,
    about=LeastVersion,
    to=CONTROLLERS,
    urgency=Urgency.TASK,
    sample=lambda: (
        LeastVersionSet(1, 2),
        LeastVersion(id=1, platform=Platform.IOS, number="1.4.0"),
    ),
)
def least_version_set(_event: LeastVersionSet, least: LeastVersion) -> Message:
    """Tell which versions are still let in."""
    said = f"{least.platform} 不低于 {least.number}" if least.number else f"{least.platform} 不限"
    en = f"at least {least.number}" if least.number else "any version"
    return Message(
        "应用最低版本已设定",
        f"{said}。",
        "/me",
        en=Words("The least version of the app was set", f"{least.platform}: {en}."),
    )
