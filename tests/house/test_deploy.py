"""The files that lead phones to the house keep what the house says of itself."""

import re

import pytest

from services.kernel.settings import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
UNITS = ("jiantong-api.service", "jiantong-worker.service", "jiantong-migrate.service")
CADDY, NGINX = (DEPLOY / "Caddyfile").read_text(), (DEPLOY / "nginx.conf").read_text()


def test_a_token_sent_in_the_clear_is_refused_and_not_led_on() -> None:
    assert re.search(r"^http://.*\{\s+handle /api/\* \{\s+respond 403", CADDY, re.MULTILINE)
    assert re.search(r"listen 80;.*?location /api/ \{\s+return 403;", NGINX, re.DOTALL)


def test_a_proxy_says_a_year_of_tls_for_all_below_the_name() -> None:
    said = r'Strict-Transport-Security "max-age=31536000; includeSubDomains"'

    assert re.search(said, CADDY)
    assert re.search(said, NGINX)


def test_a_proxy_speaks_new_tls_only_and_writes_addresses_itself() -> None:
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in NGINX
    assert "X-Forwarded-For $remote_addr;" in NGINX
    assert "tls internal" in CADDY


@pytest.mark.parametrize("unit", UNITS)
def test_a_service_sees_no_history_and_gains_no_rights(unit: str) -> None:
    said = (DEPLOY / unit).read_text()

    assert "InaccessiblePaths=-/opt/jiantong/.git" in said
    assert "NoNewPrivileges=yes" in said
    assert "User=jiantong" in said


def test_a_database_elsewhere_must_prove_its_name() -> None:
    for name in ("jiantong.env.example", "jiantong-migrate.env.example"):
        urls = re.findall(r"^DATABASE\w*=(\S+)", (DEPLOY / name).read_text(), re.MULTILINE)

        assert urls
        assert all("sslmode=verify-full" in url for url in urls)
