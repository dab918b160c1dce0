from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Fails a test that leaves one of our threads behind."""
    yield
    left = [thread for thread in threading.enumerate() if thread.name.startswith("voxelflight")]
    for thread in left:
        thread.join(5)
    assert not [thread.name for thread in left if thread.is_alive()]
