"""OME-Zarr of all versions and layouts, written by zarr-python, registered and read through Flight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import voxelflight
    from harness import Home

zarr = pytest.importorskip("zarr", minversion="3.0")


def multiscale(version: str, axes: Any, scales: list[list[float]]) -> dict[str, Any]:
    datasets: list[dict[str, Any]] = []
    for level, scale in enumerate(scales):
        dataset: dict[str, Any] = {"path": str(level)}
        if version in ("0.4", "0.5"):
            dataset["coordinateTransformations"] = [{"type": "scale", "scale": scale}]
        datasets.append(dataset)
    described: dict[str, Any] = {"version": version, "datasets": datasets, "name": "image"}
    return described | ({} if axes is None else {"axes": axes})


def write_image(root: Path, version: str, axes: Any, data: np.ndarray[Any, Any], **attributes: Any) -> None:
    """Two levels, the second every other voxel of the last two axes."""
    v3 = version == "0.5"
    group = zarr.open_group(root, mode="a", zarr_format=3 if v3 else 2)
    coarse = data[..., ::2, ::2]
    for name, level in (("0", data), ("1", coarse)):
        chunks = tuple(min(16, n) for n in level.shape)
        array = group.create_array(name, shape=level.shape, chunks=chunks, dtype=level.dtype)
        array[...] = level
    fine = [1.0] * (data.ndim - 3) + [2.0, 0.5, 0.5]
    scales = [fine, [*fine[:-2], 1.0, 1.0]]
    metadata = {"multiscales": [multiscale(version, axes, scales)], **attributes}
    group.attrs.update({"ome": {"version": version} | metadata} if v3 else metadata)


def axes_04(letters: str) -> list[dict[str, str]]:
    kinds = {"t": {"type": "time"}, "c": {"type": "channel"}}
    space = {"type": "space", "unit": "micrometer"}
    return [{"name": letter} | kinds.get(letter, space) for letter in letters]


def image(shape: tuple[int, ...], seed: int = 1) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 60_000, shape, dtype="uint16")


@pytest.mark.parametrize(
    ("version", "axes", "letters"),
    [
        ("0.1", None, "tczyx"),
        ("0.2", None, "tczyx"),
        ("0.3", ["c", "z", "y", "x"], "czyx"),
        ("0.4", axes_04("tczyx"), "tczyx"),
        ("0.4", axes_04("zyx"), "zyx"),
        ("0.5", axes_04("czyx"), "czyx"),
    ],
)
def test_every_version_is_read(
    version: str, axes: Any, letters: str, tmp_path: Path, home: Home, client: voxelflight.Client
) -> None:
    sizes = {"t": 2, "c": 3, "z": 19, "y": 30, "x": 41}
    data = image(tuple(sizes[letter] for letter in letters))
    write_image(tmp_path / "image.zarr", version, axes, data, omero={"channels": [{"label": "DAPI"}]})
    name = f"ome-{version}-{letters}"
    home.succeed("register", tmp_path / "image.zarr", "--name", name)
    volume = client[name]
    assert volume.axes == letters
    everything = tuple(slice(None) for _ in letters)
    np.testing.assert_array_equal(volume[everything], data)
    info = home.info(name)
    assert len(info["levels"]) == 2
    if version in ("0.4", "0.5"):
        assert info["voxel_size"] == [2000.0, 500.0, 500.0]
        assert info["levels"][1]["voxel_size"] == [2000.0, 1000.0, 1000.0]
    assert "DAPI" in home.succeed("info", name)


def test_axes_in_another_order_are_turned_round(tmp_path: Path, home: Home, client: voxelflight.Client) -> None:
    data = image((41, 30, 3, 19))  # x, y, c, z
    write_image(tmp_path / "image.zarr", "0.4", axes_04("xycz"), data)
    home.succeed("register", tmp_path / "image.zarr", "--name", "xycz")
    volume = client["xycz"]
    assert volume.axes == "czyx"
    np.testing.assert_array_equal(volume[:, :, :, :], data.transpose(2, 3, 1, 0))


def test_axes_may_be_given_where_the_metadata_is_wrong(tmp_path: Path, home: Home, client: voxelflight.Client) -> None:
    data = image((19, 30, 41, 2))
    array = zarr.create_array(
        tmp_path / "array.zarr", shape=data.shape, chunks=(16, 16, 16, 1), dtype=data.dtype, zarr_format=2
    )
    array[...] = data
    home.succeed("register", tmp_path / "array.zarr", "--name", "given-axes", "--axes", "zyxc")
    np.testing.assert_array_equal(client["given-axes"][:, :, :, :], data.transpose(3, 0, 1, 2))
    message = home.fail("register", tmp_path / "array.zarr", "--name", "too-few", "--axes", "zyx")
    assert "4 dimensions" in message


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_each_field_of_a_plate_is_a_dataset_on_request(
    version: str, tmp_path: Path, home: Home, client: voxelflight.Client
) -> None:
    root = tmp_path / "plate.zarr"
    zarr_format = 3 if version == "0.5" else 2

    def describe(path: Path, what: dict[str, Any]) -> None:
        group = zarr.open_group(path, mode="a", zarr_format=zarr_format)
        group.attrs.update({"ome": {"version": version} | what} if version == "0.5" else what)

    describe(root, {"plate": {"wells": [{"path": "A/1"}, {"path": "B/2"}], "version": version}})
    fields = {}
    for number, (well, field) in enumerate((w, f) for w in ("A/1", "B/2") for f in ("0", "1")):
        describe(root / well, {"well": {"images": [{"path": "0"}, {"path": "1"}], "version": version}})
        fields[f"{well}/{field}"] = image((2, 9, 20, 30), number)
        write_image(root / well / field, version, axes_04("czyx"), fields[f"{well}/{field}"])
    name = f"plate-{version}"
    message = home.fail("register", root, "--name", name)
    assert "A/1/0" in message
    assert "B/2/1" in message
    home.succeed("register", root, "--name", name, "--all")
    for path, data in fields.items():
        np.testing.assert_array_equal(client[f"{name}-{path.replace('/', '-')}"][:, :, :, :], data)
    home.succeed("register", root, "--dataset", "B/2/1", "--name", f"{name}-one")
    np.testing.assert_array_equal(client[f"{name}-one"][:, :, :, :], fields["B/2/1"])


def test_the_series_of_a_converted_file(tmp_path: Path, home: Home, client: voxelflight.Client) -> None:
    root = tmp_path / "converted.zarr"
    zarr.open_group(root, mode="w", zarr_format=2).attrs.update({"bioformats2raw.layout": 3})
    series = [image((1, 1, 8, 20, 30), n) for n in range(2)]
    for number, data in enumerate(series):
        write_image(root / str(number), "0.4", axes_04("tczyx"), data)
    assert "0, 1" in home.fail("register", root, "--name", "converted")
    home.succeed("register", root, "--name", "converted", "--all")
    for number, data in enumerate(series):
        np.testing.assert_array_equal(client[f"converted-{number}"][:, :, :, :, :], data)


def test_labels_are_labels_and_exact(tmp_path: Path, home: Home, client: voxelflight.Client) -> None:
    data = np.random.default_rng(3).integers(0, 2**64 - 1, (12, 20, 30), dtype="uint64")
    write_image(tmp_path / "labels.zarr", "0.4", axes_04("zyx"), data, **{"image-label": {"version": "0.4"}})
    home.succeed("register", tmp_path / "labels.zarr", "--name", "ome-labels")
    assert home.info("ome-labels")["kind"] == "labels"
    np.testing.assert_array_equal(client["ome-labels"][:, :, :], data)
