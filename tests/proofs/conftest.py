"""A migrated database to copy from, and one assembled house to set upon the copies."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine

from jiantong.postgres import Cluster
from services.kernel.settings import Settings
from tests.proofs.databases import Databases
from tests.proofs.house import assembled


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Iterator[Databases]:
    with Databases.on(cluster) as databases:
        yield databases


@pytest.fixture(scope="session")
def empty(databases: Databases) -> Iterator[str]:
    """The migrated database, from which every other is copied; nothing is ever written there."""
    with databases.migrated() as name:
        yield name


@pytest.fixture(scope="session")
def own_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a folder of secrets that a child process may read as well."""
    return replace(settings, data_dir=tmp_path_factory.mktemp("proofs"))


@pytest.fixture(scope="session")
def assembled_app(own_settings: Settings, engine: Engine) -> Flask:
    return assembled(own_settings, engine)


Told = Callable[[str], None]


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Told:
    """Say what a proof has measured; it is printed below the results."""
    return lambda sentence: record_property("measured", sentence)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the proofs have measured."""
    sentences = [
        str(sentence)
        for report in terminalreporter.getreports("passed")
        for name, sentence in report.user_properties
        if name == "measured"
    ]
    if sentences:
        terminalreporter.section("measured")
        for sentence in sentences:
            terminalreporter.line(sentence)
