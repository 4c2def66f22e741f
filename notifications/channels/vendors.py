"""Every way by which a person can be reached: its limits, and what each of its answers means.

A person can proofread this page: `docs/push-vendors.md` is written from it. A channel that has
code takes its verdicts from here and from nowhere else. `verified` says that the code and a
simulator of the protocol stand in this house; what is not verified is what others have written,
never tried here, and nothing is sent by it.

| an answer is about | so |
|---|---|
| the token | it is deleted: the app is gone from that device |
| the payload | our message is mended; the token stays |
| the set-up | our account is mended; the token stays |
| the pace | later, and not before the vendor asks for |
| the service | later |
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from notifications.channels import Outcome, Verdict


class About(StrEnum):
    """What an answer speaks of."""

    DELIVERY = "delivery"
    TOKEN = "token"  # noqa: S105  # what an answer is about, not a password
    PAYLOAD = "payload"
    SETUP = "setup"
    PACE = "pace"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One answer of a vendor: its code, what it is about, what to do, and in a few words why."""

    code: str
    about: About
    verdict: Verdict
    means: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a vendor takes; None where nothing is known, or nothing is fixed."""

    per_second: int | None = None
    per_device_a_day: int | None = None
    payload_bytes: int | None = None
    batch: int | None = None
    lives_at_most: timedelta | None = None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One way to a person."""

    name: str
    zh: str
    what: str
    limits: Limits
    answers: tuple[Meaning, ...]
    source: str
    verified: bool


def _ok(code: str, means: str) -> Meaning:
    return Meaning(code, About.DELIVERY, Verdict.ACCEPTED, means)


def _dead(code: str, means: str) -> Meaning:
    return Meaning(code, About.TOKEN, Verdict.DEAD_TOKEN, means)


def _payload(code: str, means: str) -> Meaning:
    return Meaning(code, About.PAYLOAD, Verdict.BAD_PAYLOAD, means)


def _setup(code: str, means: str) -> Meaning:
    return Meaning(code, About.SETUP, Verdict.BAD_SETUP, means)


def _pace(code: str, means: str) -> Meaning:
    return Meaning(code, About.PACE, Verdict.RETRY, means)


def _away(code: str, means: str) -> Meaning:
    return Meaning(code, About.SERVICE, Verdict.RETRY, means)


_OURS = (
    _payload("UNSENDABLE", "what we made cannot be put into this vendor's form"),
    _away("NO_ANSWER", "no connection, no answer in time, or it broke off in the middle"),
    _away("UNREADABLE", "an answer that is not of the vendor's form: a page, nothing, nonsense"),
    _away("UNEXPECTED", "a fault of ours or of a library, kept in the log; tried again"),
)
"""What our own side says where the vendor says nothing that can be used."""

FCM = Vendor(
    name="FCM",
    zh="Firebase 云消息",
    what="Google's service for Android phones with its services, by HTTP v1; APNs goes through it",
    limits=Limits(
        per_second=10_000,
        per_device_a_day=None,
        payload_bytes=4096,
        batch=1,
        lives_at_most=timedelta(days=28),
        beside="600,000 messages a minute for a project; 240 a minute and 5,000 an hour for a "
        "device; send_each of the library takes 500, a request for each; we send 100 at once",
    ),
    answers=(
        _ok("OK", "taken"),
        _dead("UNREGISTERED", "the app is gone from the device"),
        _dead("INVALID_TOKEN", "INVALID_ARGUMENT that blames the token alone: no token of FCM's"),
        _payload("INVALID_ARGUMENT", "any other part of our message is wrong"),
        _setup("SENDER_ID_MISMATCH", "the token belongs to another project"),
        _setup("THIRD_PARTY_AUTH_ERROR", "the key for APNs or Web Push is missing or wrong"),
        _setup("UNAUTHENTICATED", "our service account was not let in"),
        _setup("PERMISSION_DENIED", "our service account may not send"),
        _setup("NOT_FOUND", "no such project, without a word of the token"),
        _pace("QUOTA_EXCEEDED", "too fast, for the project or for one device"),
        _away("INTERNAL", "FCM is unwell"),
        _away("UNAVAILABLE", "FCM is overloaded or away"),
        *_OURS,
    ),
    source="firebase.google.com: FCM error codes, throttling and quotas; firebase_admin 7.7",
    verified=True,
)

APNS = Vendor(
    name="APNs",
    zh="苹果推送",
    what="Apple's service; this house reaches it through FCM only, with its silent pushes",
    limits=Limits(
        payload_bytes=4096,
        beside="silent pushes are thinned out by the phone, to a few an hour",
    ),
    answers=(
        _ok("200", "taken"),
        _dead("410 Unregistered", "the app is gone from the device"),
        _dead("410 ExpiredToken", "the token has run out"),
        _dead("400 BadDeviceToken", "no token of this environment (FCM says UNREGISTERED)"),
        _setup("400 DeviceTokenNotForTopic", "the token belongs to another app"),
        _setup("400 TopicDisallowed", "the certificate is of another app"),
        _setup("403 InvalidProviderToken", "the key was not let in"),
        _setup("403 ExpiredProviderToken", "the key's token is older than an hour"),
        _payload("413 PayloadTooLarge", "the payload is too large"),
        _payload("400 BadExpirationDate", "the expiry in a header is wrong"),
        _payload("400 BadPriority", "the priority in a header is wrong"),
        _pace("429 TooManyRequests", "too many for one device"),
        _pace("429 TooManyProviderTokenUpdates", "the key's token was made anew too often"),
        _away("500 InternalServerError", "APNs is unwell"),
        _away("503 ServiceUnavailable", "APNs is away"),
        _away("503 Shutdown", "that server is being shut down"),
    ),
    source="developer.apple.com: responses from APNs, from memory; help.aliyun.com 398576",
    verified=False,
)

WEB_PUSH = Vendor(
    name="Web Push",
    zh="浏览器推送",
    what="The push service of a browser, by RFC 8030, 8291 (encryption) and 8292 (VAPID)",
    limits=Limits(
        payload_bytes=4096,
        batch=1,
        beside="4,096 bytes encrypted, 3,993 of ours; how long and how fast is each service's "
        "own; a service may shorten the TTL",
    ),
    answers=(
        _ok("200", "taken"),
        _ok("201", "taken"),
        _ok("202", "taken, a receipt was asked for"),
        _ok("204", "taken"),
        _dead("404", "no such subscription (any more)"),
        _dead("410", "the subscription was given up or has run out"),
        _dead(
            "NO_KEYS", "the subscription has no keys to encrypt for: the browser subscribes anew"
        ),
        _payload("400", "a header is missing or wrong"),
        _payload("413", "the payload is too large"),
        _setup("401", "no VAPID signature, or a wrong one"),
        _setup("403", "the subscription was made for another VAPID key"),
        _setup("HOST_NOT_ALLOWED", "the endpoint is none of WEB_PUSH_HOSTS: nothing was sent"),
        _setup("3xx", "sent elsewhere; we follow nobody"),
        _pace("406", "too fast, in the words of Microsoft's service"),
        _pace("429", "too fast"),
        _away("500", "the service is unwell"),
        _away("502", "the service is unwell"),
        _away("503", "the service is away"),
        _away("504", "the service is away"),
        *_OURS,
    ),
    source="RFC 8030, 8291, 8292; autopush: error codes; windows-dev-docs issue 4166",
    verified=True,
)

HMS = Vendor(
    name="HMS",
    zh="华为推送",
    what="Huawei's Push Kit for phones without Google's services, by messages:send of version 1",
    limits=Limits(
        per_second=3_000,
        per_device_a_day=3_000,
        payload_bytes=4096,
        batch=1_000,
        lives_at_most=timedelta(days=15),
        beside="tokens a second grow with the app's users; a data message reaches an app that is "
        "running or may start itself; 1,000 access tokens in five minutes; over 3,000 a day a "
        "device is dropped for 24 hours",
    ),
    answers=(
        _ok("80000000", "taken"),
        _ok("80100000", "taken for every token that is not named as illegal"),
        _dead("ILLEGAL_TOKEN", "named in illegal_tokens of 80100000: no token, or one gone"),
        _dead("80300007", "all tokens of the message are invalid, for no other cause it names"),
        _payload("80100001", "a parameter of the request is wrong"),
        _payload("80100003", "the structure of the message is wrong"),
        _payload("80100004", "the expiry lies in the past"),
        _payload("80100013", "the collapse_key is wrong"),
        _payload("80100016", "the message holds what is not allowed to be said"),
        _payload("80100018", "the message is not the one that was reviewed"),
        _payload("80300008", "the message is larger than 4,096 bytes without its tokens"),
        _payload("80300010", "too many tokens in one message, or none"),
        _payload("400", "a parameter is wrong; no code of Huawei's with it"),
        _setup("80200001", "the access token was not let in"),
        _setup("80200005", "the service account's JWT has run out; this house sends none"),
        _setup("80300002", "the app may not push, or the tokens are of another app"),
        _setup("80300011", "the app may not send at high urgency"),
        _setup("80300013", "the address for receipts is wrong"),
        _setup(
            "TOKENS_OF_ANOTHER_APP",
            "noRight: app and phones do not belong together; or every one of many tokens invalid",
        ),
        _setup("OAUTH_REFUSED", "app id and secret were not let in"),
        _setup("401", "not let in; no code of Huawei's with it"),
        _setup("404", "no such address"),
        _pace("80100017", "too many tasks at once"),
        _pace("429", "too fast"),
        _pace("503", "flow control"),
        _away("80200003", "the access token has run out; after a new one has as well"),
        _away("80600003", "Huawei could not ask its own OAuth service"),
        _away("81000001", "an error inside Huawei's system"),
        _away("500", "an error inside Huawei's system"),
        _away("502", "no connection inside Huawei's system"),
        _away("504", "no answer inside Huawei's system"),
        _away("OAUTH_AWAY", "no access token could be had now"),
        *_OURS,
    ),
    source="developer.huawei.com: Push Kit, downlink message API and result codes (2025-08), "
    "push-scenariozed-api-response",
    verified=True,
)

HONOR = Vendor(
    name="Honor",
    zh="荣耀推送",
    what="Honor's own service, for its phones since it left Huawei",
    limits=Limits(
        payload_bytes=4096,
        batch=1_000,
        beside="messages declared as service or private are not capped; public ones 2 to 5 a day "
        "for a device",
    ),
    answers=(
        _ok("200", "taken"),
        _ok("80000000", "taken"),
        _ok("80100000", "taken for every token that is not named as failed"),
        _dead("80300007", "all tokens are invalid"),
        _payload("80100003", "the structure of the message is wrong"),
        _payload("80300008", "the message is too large"),
        _payload("80300010", "too many tokens in one message"),
        _setup("80200001", "the access token was not let in"),
        _away("80200003", "the access token has run out"),
        _setup("80300002", "the app may not push"),
        _away("81000001", "an error inside Honor's system"),
    ),
    source="easemob's documentation for the limits; codes as public clients use them",
    verified=False,
)

XIAOMI = Vendor(
    name="Xiaomi",
    zh="小米推送",
    what="Mi Push, for Xiaomi and Redmi phones",
    limits=Limits(
        payload_bytes=4096,
        batch=1_000,
        lives_at_most=timedelta(days=14),
        beside="private channels are not capped and must be applied for; public ones 2 to 5 a "
        "day for a device",
    ),
    answers=(
        _ok("0", "taken"),
        _dead("BAD_REGIDS", "named in bad_regids of an answer"),
        _dead("10029", "no such device"),
        _payload("10008", "a parameter is wrong"),
        _payload("10016", "a parameter is missing"),
        _payload("10017", "the value of a parameter is wrong"),
        _payload("65009", "the content is too long"),
        _payload("65014", "too many pairs of keys and values"),
        _payload("65015", "the pairs of keys and values are too long together"),
        _setup("21301", "not let in"),
        _setup("22000", "no such app"),
        _setup("22006", "the app's id is wrong"),
        _setup("22007", "the app's key is wrong"),
        _setup("22022", "the package name is wrong"),
        _setup("10031", "the app is on the black list"),
        _setup("26006", "the message waits for a review"),
        _setup("27001", "the channel is none of the app's"),
        _pace("10027", "the app calls too often"),
        _pace("10034", "too many messages on this day"),
        _away("-1", "unknown"),
        _away("1", "an internal error"),
        _away("10001", "a system error"),
        _away("10002", "the system is busy"),
        _away("10003", "a remote service failed"),
        _away("20301", "sending failed; which regids are bad is named apart"),
        _away("65003", "the device was not found, mostly because it is offline"),
    ),
    source="dev.mi.com: server error codes (2024-10); help.aliyun.com",
    verified=False,
)

OPPO = Vendor(
    name="OPPO",
    zh="OPPO 推送",
    what="OPPO PUSH, for OPPO, OnePlus and realme phones",
    limits=Limits(
        batch=1_000,
        lives_at_most=timedelta(days=10),
        beside="private messages are not capped and must be applied for; public ones 2 to 5 a "
        "day for a device",
    ),
    answers=(
        _ok("0", "taken"),
        _dead("10000", "the registration id is not valid"),
        _payload("40", "a parameter is missing"),
        _payload("41", "a parameter is wrong"),
        _setup("11", "not let in: the auth token is wrong"),
        _setup("12", "the app may not push"),
        _setup("14", "the app's key is wrong"),
        _setup("20", "no such right"),
        _pace("13", "too fast"),
        _pace("33", "more than this day's number"),
        _away("-1", "the service is away"),
        _away("-2", "the service is being changed"),
    ),
    source="help.aliyun.com for the limits; codes from memory, not looked up at OPPO's",
    verified=False,
)

VIVO = Vendor(
    name="vivo",
    zh="vivo 推送",
    what="vivo's service, for vivo and iQOO phones",
    limits=Limits(
        per_second=500,
        batch=1_000,
        lives_at_most=timedelta(days=7),
        beside="system messages three times the app's users of the day; operational ones 5 a day "
        "for a device and between 7 and 23 o'clock only",
    ),
    answers=(
        _ok("0", "taken"),
        _dead("10302", "the regId is not valid"),
        _payload("10045", "a field of the message is missing or too long"),
        _payload("10104", "a field of the message is wrong"),
        _setup("10000", "not let in"),
        _setup("10050", "no such app"),
        _setup("10252", "the app may not send this kind of message"),
        _pace("10070", "more than this day's number"),
        _pace("10071", "more than this day's number for this device"),
        _away("10303", "the device is not connected"),
        _away("10201", "the service is unwell"),
    ),
    source="tencentcloud.com 1024/35829 for the limits; codes from memory, not looked up at vivo's",
    verified=False,
)

WECOM = Vendor(
    name="WeCom",
    zh="企业微信",
    what="A message of an app inside WeCom, to a member of the same organisation",
    limits=Limits(
        payload_bytes=2048,
        batch=1_000,
        beside="a member hears at most 30 a minute and 1,000 an hour; an app sends at most its "
        "number of accounts times 200 a day; the text would cross Tencent's servers",
    ),
    answers=(
        _ok("0", "taken"),
        _dead("81013", "nobody of those named can be reached: left, or not of this app"),
        _dead("40003", "no such UserID"),
        _payload("40008", "no such kind of message"),
        _payload("40033", "a character that is not allowed"),
        _payload("40035", "a parameter is wrong"),
        _payload("45002", "the content is too long"),
        _setup("40001", "the secret is wrong"),
        _setup("40013", "the CorpID is wrong"),
        _setup("40014", "the access token is wrong"),
        _setup("60020", "our address is not on the app's list"),
        _away("42001", "the access token has run out"),
        _pace("45009", "too often"),
        _pace("45033", "too many at once"),
        _away("-1", "the system is busy; not more than three times"),
        _away("6000", "somebody else changed the same"),
    ),
    source="developer.work.weixin.qq.com: return codes (90455), in part; limits from memory",
    verified=False,
)

SMS = Vendor(
    name="SMS",
    zh="短信",
    what="A text message by a carrier's gateway; one fixed sentence from an approved template",
    limits=Limits(
        payload_bytes=140,
        beside="70 Chinese characters a part; template and signature are approved beforehand; "
        "gateways allow about one a minute, 5 an hour and 10 a day to one number; read by whoever "
        "holds the phone",
    ),
    answers=(
        _ok("DELIVRD", "it has arrived"),
        _ok("ACCEPTD", "the centre has taken it"),
        _dead("UNKNOWN_NUMBER", "no such number (a report of the gateway's own words)"),
        _payload("REJECTD", "the text was refused"),
        _setup("NO_TEMPLATE", "template or signature is not approved"),
        _pace("FREQUENCY", "too many to this number"),
        _away("UNDELIV", "not delivered now: off, no signal, store full"),
        _away("EXPIRED", "it ran out before the phone was there"),
        _away("UNKNOWN", "the centre does not know"),
    ),
    source="message states of SMPP 3.4; every gateway has codes of its own, limits from memory",
    verified=False,
)

EMAIL = Vendor(
    name="E-mail",
    zh="电子邮件",
    what="A mail to the office's own server; one fixed sentence",
    limits=Limits(beside="the server's own; common are 100 recipients a message"),
    answers=(
        _ok("250", "taken"),
        _dead("5.1.1", "no such mailbox"),
        _dead("5.1.6", "the mailbox has moved away"),
        _payload("5.3.4", "the message is too large"),
        _payload("5.6.0", "the message is badly made"),
        _setup("5.7.1", "we may not send there"),
        _setup("5.7.8", "our account was not let in"),
        _setup("5.7.26", "SPF, DKIM or DMARC does not vouch for us"),
        _pace("4.7.28", "too many from us"),
        _away("4.2.1", "the mailbox is closed for now"),
        _away("4.2.2", "the mailbox is full"),
        _away("4.4.1", "no answer from the server"),
    ),
    source="RFC 3463, RFC 5321, RFC 7372; the register of enhanced status codes",
    verified=False,
)

STREAM = Vendor(
    name="Stream",
    zh="自有长连接",
    what="This house's own stream and long poll, for closed networks: no service of others",
    limits=Limits(beside="as many as the API's own connections"),
    answers=(
        _ok("TOLD", "the stream was told; who listens hears it, who does not reads the inbox"),
        _away("NO_DATABASE", "the stream could not be told now"),
    ),
    source="this house: notifications/channels/stream.py",
    verified=True,
)

INBOX = Vendor(
    name="Inbox",
    zh="收件箱",
    what="The person's own inbox in the app: the truth, written with the event itself",
    limits=Limits(beside="none"),
    answers=(_ok("OK", "written in the transaction that tells of the event"),),
    source="this house: notifications/deliveries.py",
    verified=True,
)

VENDORS = (
    INBOX,
    STREAM,
    FCM,
    WEB_PUSH,
    HMS,
    APNS,
    HONOR,
    XIAOMI,
    OPPO,
    VIVO,
    WECOM,
    SMS,
    EMAIL,
)


def verdict_of(vendor: Vendor, code: str) -> Verdict:
    """What the table says of a code; one that it does not know is worth a retry."""
    return next((one.verdict for one in vendor.answers if one.code == code), Verdict.RETRY)


def said(
    vendor: Vendor, code: str, retry_after: timedelta | None = None, number: str | None = None
) -> Outcome:
    """What the vendor's table makes of a code."""
    verdict = verdict_of(vendor, code)
    later = retry_after if verdict is Verdict.RETRY else None
    return Outcome(verdict, code, later, number if verdict is Verdict.ACCEPTED else None)
