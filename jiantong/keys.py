"""The keys of the installation from the console: `jiantong keys …`."""

# ruff: noqa: PLC0415

import click

from services.kernel.settings import Settings


@click.group()
def keys() -> None:
    """The keys this installation signs and seals with."""


@keys.command("rotate-tokens")
@click.option("--at-once", is_flag=True, help="An old key is no longer safe: it verifies nothing.")
@click.pass_obj
def rotate_tokens(settings: Settings, *, at_once: bool) -> None:
    """Sign access tokens with a new key; the old ones verify until their last token has run out.

    No process needs a restart. With --at-once every phone renews its access token now.
    """
    from api.identity import TokenRing

    ring = TokenRing.kept_in(settings.secrets, settings.access_token_for)
    click.echo((ring.revoke() if at_once else ring.rotate()).kid)
