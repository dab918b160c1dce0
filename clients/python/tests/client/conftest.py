from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import voxelflight
from fake_server import Behaviour, FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _fake() -> Iterator[FakeServer]:
    random = np.random.default_rng(7)
    with FakeServer(
        grey=(random.integers(0, 256, (40, 50, 60), np.uint8), "zyx"),
        deep=(random.integers(0, 65536, (20, 30, 40), np.uint16), "zyx"),
        real=(random.standard_normal((20, 30, 40), np.float32), "zyx"),
        half=(random.standard_normal((9, 10, 11), np.float32).astype(np.float16), "zyx"),
        five=(random.integers(-9, 9, (2, 3, 10, 11, 12), np.int16), "tczyx"),
        four=(random.integers(-9, 9, (3, 10, 11, 12), np.int16), "czyx"),
        flat=(random.integers(0, 255, (30, 40), np.uint8), "yx"),
    ) as server:
        yield server


@pytest.fixture
def fake(_fake: FakeServer) -> FakeServer:
    """Return a fake server that behaves well until it is told otherwise."""
    _fake.behaviour = Behaviour()
    _fake.commands.clear()
    _fake.sent = 0
    return _fake


@pytest.fixture
def client(fake: FakeServer) -> Iterator[voxelflight.Client]:
    with voxelflight.connect(fake.address) as client:
        yield client
