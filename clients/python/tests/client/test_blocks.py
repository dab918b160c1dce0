from __future__ import annotations

import gc
import itertools
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import voxelflight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_server import FakeServer

SIDE = (8, 9, 10)


def expected(volume: np.ndarray[Any, Any], origin: tuple[int, int, int], side: tuple[int, ...]) -> np.ndarray[Any, Any]:
    out = np.zeros(side, volume.dtype)
    part = volume[tuple(slice(p, p + s) for p, s in zip(origin, side, strict=True))]
    out[tuple(slice(n) for n in part.shape)] = part
    return out


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


@pytest.mark.parametrize("name", ["grey", "deep", "real", "half"])
def test_blocks_in_the_order_of_their_origins(fake: FakeServer, client: voxelflight.Client, name: str) -> None:
    volume = fake.volumes[name][0]
    random = np.random.default_rng(3)
    origins = [tuple(int(random.integers(n)) for n in volume.shape) for _ in range(50)]
    with client[name].blocks(origins, SIDE) as blocks:
        assert blocks.total == 50
        received = list(blocks)
    assert [block.origin for block in received] == origins
    for block in received:
        whole = tuple(min(s, n - p) for p, s, n in zip(block.origin, SIDE, volume.shape, strict=True))
        assert block.valid == whole
        assert block.inside.shape == whole
        np.testing.assert_array_equal(block.array, expected(volume, block.origin, SIDE), strict=True)


def test_arrays_and_generators_of_origins(fake: FakeServer, client: voxelflight.Client) -> None:
    origins = np.array([[1, 2, 3], [4, 5, 6]])
    assert [block.origin for block in client["grey"].blocks(origins, SIDE)] == [(1, 2, 3), (4, 5, 6)]
    blocks = client["grey"].blocks(((i, i, i) for i in range(3)), SIDE)
    assert blocks.total is None
    assert [block.origin for block in blocks] == [(0, 0, 0), (1, 1, 1), (2, 2, 2)]
    assert list(client["grey"].blocks([], SIDE)) == []


def test_the_whole_grid(fake: FakeServer, client: voxelflight.Client) -> None:
    blocks = client["five"].blocks(shape=(8, 8, 8))
    assert blocks.total == 2 * 3 * 2 * 2 * 2
    volume = fake.volumes["five"][0]
    seen = np.zeros(volume.shape, int)
    for block in blocks:
        where = (block.t, block.c, *(slice(p, p + n) for p, n in zip(block.origin, block.valid, strict=True)))
        seen[where] += 1
        np.testing.assert_array_equal(block.inside, volume[where])
    assert (seen == 1).all()
    assert "origins" not in fake.commands[0]


def test_origins_with_time_and_channel(fake: FakeServer, client: voxelflight.Client) -> None:
    (block,) = client["five"].blocks([(1, 2, 3, 4, 5)], (2, 2, 2))
    assert (block.t, block.c, block.origin) == (1, 2, (3, 4, 5))
    np.testing.assert_array_equal(block.array, fake.volumes["five"][0][1, 2, 3:5, 4:6, 5:7])
    (block,) = client["four"].blocks([(2, 3, 4, 5)], (2, 2, 2))
    assert (block.t, block.c, block.origin) == (0, 2, (3, 4, 5))


def test_many_origins_are_asked_for_in_several_requests(fake: FakeServer, client: voxelflight.Client) -> None:
    origins = [(i % 30, 0, i % 7) for i in range(1200)]
    received = [block.origin for block in client["grey"].blocks(origins, (1, 1, 1))]
    assert received == origins
    assert [len(command["origins"]) for command in fake.commands] == [512, 512, 176]


def test_endpoints_one_after_the_other(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.blocks_an_endpoint = 3
    fake.behaviour.rows_a_batch = 2
    origins = [(i, i, i) for i in range(20)]
    assert [block.origin for block in client["grey"].blocks(origins, SIDE)] == origins


def test_follows_locations(fake: FakeServer, client: voxelflight.Client) -> None:
    from fake_server import FakeServer as Replica

    with Replica(**fake.volumes) as replica:
        fake.behaviour.locations = [replica.address]
        assert len(list(client["grey"].blocks([(0, 0, 0)] * 3, SIDE))) == 3
        assert (fake.sent, replica.sent) == (0, 3)
        fake.behaviour.locations = ["arrow-flight-reuse-connection://?", replica.address]
        assert len(list(client["grey"].blocks([(0, 0, 0)] * 3, SIDE))) == 3
        assert (fake.sent, replica.sent) == (3, 3)
        fake.behaviour.locations = ["grpc://127.0.0.1:1", replica.address]
        assert len(list(client["grey"].blocks([(0, 0, 0)] * 3, SIDE))) == 3
        assert (fake.sent, replica.sent) == (3, 6)
    fake.behaviour.locations = ["grpc://127.0.0.1:1"]
    assert len(list(client["grey"].blocks([(0, 0, 0)] * 3, SIDE))) == 3
    assert (fake.sent, replica.sent) == (6, 6)


def test_arrays_are_read_only_views_of_the_received_buffer(client: voxelflight.Client) -> None:
    (block,) = client["grey"].blocks([(0, 0, 0)], (16, 16, 16))
    assert not block.array.flags.writeable
    assert not block.array.flags.owndata
    assert block.array.flags.c_contiguous
    base = block.array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    assert type(base).__module__.startswith("pyarrow")  # the memory is Arrow's


def test_unaligned_buffers_are_aligned(fake: FakeServer, client: voxelflight.Client) -> None:
    # pyarrow's server sends bodies at any address; over many blocks of float32 some would lie badly
    for block in client["real"].blocks([(i % 9, i % 8, i % 7) for i in range(40)], (2, 3, 5)):
        assert block.array.flags.aligned
        assert not block.array.flags.writeable


def test_blocks_outlive_the_stream_and_the_client(fake: FakeServer) -> None:
    with voxelflight.connect(fake.address) as client, client["grey"].blocks([(1, 2, 3)], SIDE) as blocks:
        block = next(blocks)
    del blocks, client
    gc.collect()
    np.testing.assert_array_equal(block.array, expected(fake.volumes["grey"][0], (1, 2, 3), SIDE))


def test_reads_ahead_but_not_without_bound(fake: FakeServer, client: voxelflight.Client) -> None:
    asked = 0

    def origins() -> Iterator[tuple[int, int, int]]:
        nonlocal asked
        for asked in itertools.count():  # noqa: B007
            yield (0, 0, 0)

    side = (128, 128, 128)  # large enough that gRPC's own windows hold few of them
    with client["grey"].blocks(origins(), side, prefetch=3) as blocks:
        next(blocks)
        assert eventually(lambda: fake.sent >= 4)
        time.sleep(0.3)
        ahead = fake.sent
        assert ahead <= 3 + 20
        for _ in range(10):
            next(blocks)
        assert eventually(lambda: fake.sent >= ahead + 5)
    assert asked < 2048


def test_leaving_early_ends_the_stream_at_the_server(fake: FakeServer, client: voxelflight.Client) -> None:
    blocks = client["grey"].blocks(itertools.repeat((0, 0, 0)), (128, 128, 128))
    next(blocks)
    assert fake.streams == 1
    blocks.close()
    blocks.close()
    assert eventually(lambda: fake.streams == 0)
    with pytest.raises(StopIteration):
        next(blocks)


def test_a_closed_stream_that_was_never_used(client: voxelflight.Client) -> None:
    blocks = client["grey"].blocks([(0, 0, 0)], SIDE)
    blocks.close()
    assert list(blocks) == []


def test_a_forgotten_stream_ends(fake: FakeServer, client: voxelflight.Client) -> None:
    blocks = client["grey"].blocks(itertools.repeat((0, 0, 0)), (128, 128, 128))
    next(blocks)
    del blocks
    gc.collect()
    assert eventually(lambda: fake.streams == 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "voxelflight-prefetch"]


def test_closing_does_not_wait_for_a_slow_server(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.pause = 3
    blocks = client["grey"].blocks([(0, 0, 0)] * 100, SIDE)
    threading.Timer(0.3, blocks.close).start()
    begin = time.monotonic()
    assert list(blocks) == []
    assert time.monotonic() - begin < 2
    fake.behaviour.pause = 0
    assert eventually(lambda: fake.streams == 0)


def test_an_error_in_mid_stream_comes_after_the_blocks_before_it(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.fail_after = 5
    blocks = client["grey"].blocks([(i, 0, 0) for i in range(9)], SIDE)
    received = [next(blocks).origin for _ in range(5)]
    with pytest.raises(voxelflight.CorruptDataError, match=r"^chunk 3/1/2 is torn$"):
        next(blocks)
    assert received == [(i, 0, 0) for i in range(5)]
    with pytest.raises(StopIteration):
        next(blocks)


def test_a_missing_block_is_an_error(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.leave_out = 2
    with pytest.raises(voxelflight.InternalError, match=r"sent block .* where \(2, 0, 0\) was due"):
        list(client["grey"].blocks([(i, 0, 0) for i in range(9)], SIDE))
    fake.behaviour.leave_out = 8
    with pytest.raises(voxelflight.InternalError, match="sent 8 blocks instead of 9"):
        list(client["grey"].blocks([(i, 0, 0) for i in range(9)], SIDE))


@pytest.mark.parametrize(
    ("origins", "shape", "prefetch", "words"),
    [
        ([(0, 0, 0)], (8, 8), 4, "3 sides"),
        ([(0, 0, 0)], (8, 0, 8), 4, "3 sides"),
        ([(0, 0, 0)], (8, 8, 8.5), 4, "not a sequence of integers"),
        ([(0, 0, 0)], (8, 8, 8), 0, "prefetch must be 1 or more"),
        ([(0, 0)], (8, 8, 8), 4, r"origin \(0, 0\) has 2 numbers: give z y x"),
        ([(0, 0, 0, 0)], (8, 8, 8), 4, "has 4 numbers"),
        ([(0, 0, 1.5)], (8, 8, 8), 4, "not a sequence of integers"),
        ([(0, 0, 60)], (8, 8, 8), 4, r"origin \[0, 0, 60\] lies outside"),
    ],
)
def test_refuses(client: voxelflight.Client, origins: Any, shape: Any, prefetch: int, words: str) -> None:
    with pytest.raises(voxelflight.InvalidArgumentError, match=words) as refusal:
        list(client["grey"].blocks(origins, shape, prefetch=prefetch))
    assert isinstance(refusal.value, ValueError)


def test_an_error_of_the_generator_reaches_the_caller(client: voxelflight.Client) -> None:
    def origins() -> Iterator[tuple[int, int, int]]:
        yield (0, 0, 0)
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        list(client["grey"].blocks(origins(), SIDE))
