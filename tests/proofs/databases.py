"""Databases of one's own: a migrated one to copy from, and copies in which acts really commit."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Engine, create_engine, make_url, text

from jiantong import database
from jiantong.postgres import Cluster
from tests.rings import carrying

_NUMBERS = count(1)


@dataclass(frozen=True)
class Databases:
    """The databases of one server."""

    cluster: Cluster
    administrator: Engine

    @classmethod
    @contextmanager
    def on(cls, cluster: Cluster) -> Generator["Databases"]:
        administrator = create_engine(cluster.administrator_url, isolation_level="AUTOCOMMIT")
        yield cls(cluster, administrator)
        administrator.dispose()

    @contextmanager
    def migrated(self) -> Generator[str]:
        """The name of an empty database, raised by the migrations as on a real server."""
        with self._made("") as name:
            owner, app = (self._url(url, name) for url in self._urls)
            database.migrate(owner, app)
            yield name

    @contextmanager
    def copy(self, of: str) -> Generator[str]:
        """The name of a copy of a database to which nobody is connected."""
        with self._made(f"TEMPLATE {of}") as name:
            yield name

    @contextmanager
    def opened(self, name: str, pool_size: int = 5) -> Generator[Engine]:
        """The application's way into that database."""
        engine = carrying(create_engine(self.app_url(name), pool_size=pool_size, max_overflow=2))
        yield engine
        engine.dispose()

    @contextmanager
    def owned(self, name: str) -> Generator[Engine]:
        """The owner's way into that database."""
        engine = carrying(create_engine(self._url(self._urls[0], name)))
        yield engine
        engine.dispose()

    def app_url(self, name: str) -> str:
        """That database's address, for the application's role."""
        return self._url(self._urls[1], name)

    @property
    def _urls(self) -> tuple[str, str]:
        return self.cluster.owner_url, self.cluster.app_url

    def _url(self, url: str, name: str) -> str:
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def _made(self, how: str) -> Generator[str]:
        name = f"proof_{next(_NUMBERS)}"
        owner = make_url(self._urls[0]).username
        with self.administrator.connect() as connection:
            connection.execute(text(f'CREATE DATABASE {name} OWNER "{owner}" {how}'))
        yield name
        with self.administrator.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
