"""The keys of the installation from the console: `jiantong keys …`."""

# ruff: noqa: PLC0415

import click

from services.kernel.settings import Settings


@click.group()
def keys() -> None:
    """The keys this installation signs and seals with."""


@keys.command("rotate-tokens")
@click.pass_obj
def rotate_tokens(settings: Settings) -> None:
    """Sign access tokens with a new key; the old ones verify until their last token has run out."""
    from api.identity import TokenRing

    ring = TokenRing.kept_in(settings.secrets)
    click.echo(ring.rotate(lasting=settings.access_token_for))
