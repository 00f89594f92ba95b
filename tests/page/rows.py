"""A visitor's rows in the results store of the running system."""

from digitreader.results.prediction import Prediction
from digitreader.results.sqlite import SqliteStore
from emulation.system import System
from tests.harness.stores import page_of
from tests.page.visitor import Visitor


def rows_of(visitor: Visitor, running: System) -> list[Prediction]:
    """Return the visitor's rows, newest first."""
    return page_of(SqliteStore(running.sqlite_file), visitor.session)
