from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import numpy as np
import pytest

import voxelflight
from voxelflight._records import _instant

if TYPE_CHECKING:
    from fake_server import FakeServer


def test_lists_datasets_by_name(client: voxelflight.Client) -> None:
    datasets = client.datasets()
    assert [dataset.name for dataset in datasets] == ["deep", "five", "flat", "four", "grey", "half", "real"]
    five = datasets[1]
    assert five.dtype == np.int16
    assert five.axes == "tczyx"
    assert five.shape == (2, 3, 10, 11, 12)
    assert five.voxel_size == (10.0, 10.0, 12.5)
    assert five.modality is None
    assert five.tags == ("made", "up")
    assert five.created_at == datetime(2026, 11, 25, 2, 3, 4, 123456, timezone.utc)
    assert [level.extent for level in five.levels] == [(2, 3, 10, 11, 12), (2, 3, 5, 6, 6)]
    assert five.levels[1].voxel_size == (20.0, 20.0, 25.0)
    assert list(client) == [dataset.name for dataset in datasets]


def test_opens_a_volume(client: voxelflight.Client) -> None:
    volume = client["grey"]
    assert (volume.name, volume.axes, volume.shape, volume.ndim) == ("grey", "zyx", (40, 50, 60), 3)
    assert volume.dtype == np.uint8
    assert volume.size == volume.nbytes == 40 * 50 * 60
    assert volume.voxel_size == (10.0, 10.0, 12.5)
    assert len(volume.levels) == 2
    assert len(volume) == 40
    coarse = volume.level(1)
    assert coarse.shape == (20, 25, 30)
    assert coarse.voxel_size == (20.0, 20.0, 25.0)
    assert repr(coarse) == "<Volume 'grey' level 1: (20, 25, 30) zyx uint8>"
    assert client["flat"].shape == (30, 40)


def test_says_what_is_not_there(client: voxelflight.Client) -> None:
    with pytest.raises(voxelflight.NotFoundError, match=r"^there is no dataset 'gray'$"):
        client["gray"]
    assert "gray" not in client
    assert "grey" in client
    with pytest.raises(voxelflight.NotFoundError, match="'grey' has no level 2, its levels are 0, 1"):
        client["grey"].level(2)
    with pytest.raises(TypeError, match="by its name, not by int"):
        client[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [("2026-11-25T02:03:04Z", 0), ("2026-11-25T02:03:04.5Z", 500000), ("2026-11-25T02:03:04.123456789+00:00", 123456)],
)
def test_reads_instants_of_any_precision(text: str, microsecond: int) -> None:
    assert _instant(text) == datetime(2026, 11, 25, 2, 3, 4, microsecond, timezone.utc)


def test_a_server_that_is_none_of_ours(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "schema", lambda *_: __import__("pyarrow").schema([]))
    with voxelflight.connect(fake.address) as client, pytest.raises(voxelflight.InternalError, match="is it a Voxelf"):
        client["grey"]
