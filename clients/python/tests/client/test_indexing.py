"""Indexing by NumPy's rules: every expression gives what it gives on the array itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import voxelflight

if TYPE_CHECKING:
    from fake_server import FakeServer

EXPRESSIONS_3D = [
    np.s_[...],
    np.s_[:],
    np.s_[3:17, 20:50, 1:60],
    np.s_[5],
    np.s_[-1],
    np.s_[5, :, -3],
    np.s_[5, 6, 7],
    np.s_[np.int64(5), np.uint8(6)],
    np.s_[-7:-2, :9, 40:],
    np.s_[..., 7],
    np.s_[4, ...],
    np.s_[4, ..., 5:9],
    np.s_[None, 3:5],
    np.s_[..., None],
    np.s_[2, None, 3:4, ...],
    np.s_[10:10],
    np.s_[20:10, 3:5],
    np.s_[30:1000, -1000:3],
    np.s_[100:200],
    np.s_[()],
    np.s_[0:1, 0:1, 0:1],
]


@pytest.mark.parametrize("key", EXPRESSIONS_3D, ids=str)
def test_three_axes(fake: FakeServer, client: voxelflight.Client, key: Any) -> None:
    expected = fake.volumes["grey"][0][key]
    actual = client["grey"][key]
    np.testing.assert_array_equal(actual, expected, strict=True)
    assert type(actual) is type(expected)
    if isinstance(actual, np.ndarray):
        assert actual.flags.c_contiguous
        assert actual.flags.writeable


@pytest.mark.parametrize("key", [np.s_[1, 2, 3:5], np.s_[:, 1, ..., 4], np.s_[1:, :2, 3], np.s_[-1, -1]], ids=str)
def test_five_axes(fake: FakeServer, client: voxelflight.Client, key: Any) -> None:
    np.testing.assert_array_equal(client["five"][key], fake.volumes["five"][0][key], strict=True)


def test_other_numbers_of_axes(fake: FakeServer, client: voxelflight.Client) -> None:
    np.testing.assert_array_equal(client["four"][2, 3:9], fake.volumes["four"][0][2, 3:9], strict=True)
    np.testing.assert_array_equal(client["flat"][3:9, -5:], fake.volumes["flat"][0][3:9, -5:], strict=True)


@pytest.mark.parametrize("name", ["deep", "real", "half"])
def test_types(fake: FakeServer, client: voxelflight.Client, name: str) -> None:
    np.testing.assert_array_equal(client[name][1:8, 2:9], fake.volumes[name][0][1:8, 2:9], strict=True)


def test_a_whole_volume_as_array(fake: FakeServer, client: voxelflight.Client) -> None:
    np.testing.assert_array_equal(np.asarray(client["deep"]), fake.volumes["deep"][0], strict=True)
    assert np.asarray(client["deep"], np.float64).dtype == np.float64
    with pytest.raises(ValueError, match="always a copy"):
        client["deep"].__array__(copy=False)


def test_an_empty_range_asks_for_nothing(fake: FakeServer, client: voxelflight.Client) -> None:
    volume = client["grey"]
    assert volume[10:10].shape == (0, 50, 60)
    assert not fake.commands


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        (np.s_[::2], ValueError, r"step 2 along z: only step 1 can be read; .* take \[::2\]"),
        (np.s_[:, ::-1], ValueError, "step -1 along y"),
        (np.s_[40], IndexError, "index 40 is outside of axis z with 40 voxels"),
        (np.s_[0, 0, -61], IndexError, "index -61 is outside of axis x with 60 voxels"),
        (np.s_[0, 0, 0, 0], IndexError, r"4 indices for a volume of 3 axes \(zyx\)"),
        (np.s_[..., 0, ...], IndexError, "only one ellipsis"),
        (np.s_[[1, 2]], TypeError, r"by list along z.*volume\.blocks"),
        (np.s_[0, np.array([True, False])], TypeError, "by ndarray along y"),
        (np.s_[True], TypeError, "by bool"),
        (np.s_["z"], TypeError, "by str"),
        (np.s_[1.0], TypeError, "by float"),
    ],
    ids=str,
)
def test_refuses(client: voxelflight.Client, key: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        client["grey"][key]


def test_never_returns_a_box_with_holes(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.leave_out = 3
    with pytest.raises(voxelflight.InternalError, match="left out 4096 of"):
        client["grey"][0:32, 0:32, 0:32]


def test_several_endpoints_and_rows_a_batch(fake: FakeServer, client: voxelflight.Client) -> None:
    fake.behaviour.blocks_an_endpoint = 5
    fake.behaviour.rows_a_batch = 3
    np.testing.assert_array_equal(client["grey"][1:39, 2:48, 3:57], fake.volumes["grey"][0][1:39, 2:48, 3:57])
