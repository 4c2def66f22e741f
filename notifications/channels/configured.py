"""The channels that this installation has been given accounts for."""

from collections.abc import Mapping

from notifications.channels import Channel
from notifications.channels.fcm import Fcm
from notifications.channels.hms import OAUTH_URL, PUSH_URL, Account, Hms
from notifications.channels.subscriptions import vapid_key
from notifications.channels.web_push import WebPush
from notifications.deliveries import DeliveryChannel
from services.kernel.settings import Settings


def channels_of(settings: Settings) -> dict[DeliveryChannel, Channel]:
    """A channel for each push service that is set up; the house's own stream is not among them."""
    channels: dict[DeliveryChannel, Channel] = {}
    if settings.fcm_credentials:
        channels[DeliveryChannel.FCM] = Fcm(settings.fcm_credentials)
    if settings.web_push_contact:
        channels[DeliveryChannel.WEB_PUSH] = WebPush(
            vapid_key(settings.secrets), settings.web_push_contact, settings.web_push_hosts
        )
    if settings.hms_app_id and settings.hms_secret:
        channels[DeliveryChannel.HMS] = Hms(
            Account(
                settings.hms_app_id,
                settings.hms_secret.read_text().strip(),
                settings.hms_url or PUSH_URL,
                settings.hms_url or OAUTH_URL,
            )
        )
    return channels


def close(channels: Mapping[DeliveryChannel, Channel]) -> None:
    """Let go of the connections of those that hold some."""
    for channel in channels.values():
        if isinstance(channel, Fcm | WebPush | Hms):
            channel.close()
