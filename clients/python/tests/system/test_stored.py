"""What is stored is OME-Zarr that other people's readers open, with equal values at all levels."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from harness import shared
from reference import pyramid

if TYPE_CHECKING:
    import voxelflight
    from harness import Home

    Arrays = dict[str, np.ndarray[Any, Any]]

NAMES = ["validation_A", "labels", "real", "deep"]


@pytest.fixture(scope="module")
def wanted(volumes: Arrays) -> dict[str, list[np.ndarray[Any, Any]]]:
    sizes = {"validation_A": (10.0,) * 3, "labels": (10.0,) * 3, "real": None, "deep": (40.0, 10.0, 10.0)}
    return {name: pyramid(volumes[name], sizes[name], name == "labels") for name in NAMES}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def places(home: Home, volumes: Arrays) -> dict[str, Path]:
    return {name: home.location(name) for name in NAMES}


@pytest.fixture(scope="module")
def metadata(places: dict[str, Path]) -> dict[str, dict[str, Any]]:
    return {name: json.loads((place / "zarr.json").read_text()) for name, place in places.items()}


@pytest.fixture(scope="module")
def in_zarr_v2(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Any]]:
    """Two volumes that are stored as OME-Zarr 0.4: name -> (place, pyramid)."""
    rng = np.random.default_rng(8)
    labels = np.zeros((70, 300, 140), np.uint16)
    labels[10:30, 20:290] = rng.integers(1, 4, (20, 270, 140)) * 300
    saved = tmp_path_factory.mktemp("v2") / "labels.npy"
    np.save(saved, labels)
    sources = {
        "labels-v2": (saved, labels, ("--kind", "labels")),
        "image-v2": (shared("fib25/validation_A.h5"), None, ("--voxel-size", "10,10,10")),
    }
    made = {}
    for name, (source, array, options) in sources.items():
        home.ingest(source, name, "--zarr-format", 2, *options)
        if array is None:
            with h5py.File(source) as file:
                array = file["raw"][...]
        sizes = None if name == "labels-v2" else (10.0,) * 3
        made[name] = (home.location(name), pyramid(array, sizes, name == "labels-v2"))
    return made


def paths(metadata: dict[str, Any]) -> list[str]:
    return [dataset["path"] for dataset in metadata["attributes"]["ome"]["multiscales"][0]["datasets"]]


@pytest.mark.parametrize("name", NAMES)
def test_zarr_python(places: dict[str, Path], wanted: Any, metadata: Any, name: str) -> None:
    zarr = pytest.importorskip("zarr", "3.0", reason="zarr-python 3 needs Python 3.11")
    group = zarr.open_group(places[name], mode="r")
    assert len(paths(metadata[name])) == len(wanted[name])
    for path, level in zip(paths(metadata[name]), wanted[name], strict=True):
        array = group[path]
        assert array.chunks == (128, 128, 128)
        assert all(side % 128 == 0 for side in array.shards)
        assert array.metadata.dimension_names == ("z", "y", "x")
        np.testing.assert_array_equal(array[...], level, strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_tensorstore(places: dict[str, Path], wanted: Any, metadata: Any, name: str) -> None:
    tensorstore = pytest.importorskip("tensorstore")
    for path, level in zip(paths(metadata[name]), wanted[name], strict=True):
        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{places[name] / path}/"}}
        array = tensorstore.open(spec, open=True, read=True).result()
        assert array.domain.labels == ("z", "y", "x")
        np.testing.assert_array_equal(array.read().result(), level, strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_ome_zarr_py(places: dict[str, Path], wanted: Any, name: str) -> None:
    pytest.importorskip("ome_zarr", reason="ome-zarr with Zarr 3 needs Python 3.11")
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    node = next(iter(Reader(parse_url(places[name]))()))
    assert len(node.data) == len(wanted[name])
    assert [axis["name"] for axis in node.metadata["axes"]] == ["z", "y", "x"]
    for data, level in zip(node.data, wanted[name], strict=True):
        np.testing.assert_array_equal(np.asarray(data), level, strict=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("schema", ["image", "strict_image"])
def test_ome_ngff_schema(metadata: Any, name: str, schema: str) -> None:
    """The JSON schemas of the specification, as the ngff-zarr package carries them."""
    import jsonschema
    import referencing

    found = importlib.util.find_spec("ngff_zarr")
    if found is None or not found.submodule_search_locations:
        pytest.skip("ngff-zarr, which carries the schemas, needs Python 3.11")
    folder = Path(found.submodule_search_locations[0]) / "spec/0.5/schemas"
    schemas = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.schema")}
    known = referencing.Registry().with_resources(
        (content["$id"], referencing.Resource.from_contents(content, referencing.jsonschema.DRAFT202012))
        for content in schemas.values()
    )
    validator = jsonschema.Draft202012Validator(schemas[schema], registry=known)
    assert [error.message for error in validator.iter_errors(metadata[name]["attributes"])] == []
    # a validator that finds nothing would not notice anything
    broken = json.loads(json.dumps(metadata[name]["attributes"]))
    broken["ome"]["multiscales"][0]["axes"][0]["type"] = 3
    del broken["ome"]["multiscales"][0]["datasets"]
    assert list(validator.iter_errors(broken))


@pytest.mark.parametrize(
    ("name", "scales"),
    [
        ("validation_A", [[10.0] * 3, [20.0] * 3, [40.0] * 3]),
        ("deep", [[40.0, 10.0, 10.0], [40.0, 20.0, 20.0], [40.0, 40.0, 40.0]]),
    ],
)
def test_voxel_sizes(metadata: Any, name: str, scales: list[list[float]]) -> None:
    multiscale = metadata[name]["attributes"]["ome"]["multiscales"][0]
    assert [axis["type"] for axis in multiscale["axes"]] == ["space"] * 3
    units = {"nanometer": 1.0, "micrometer": 1e-3}
    factor = units[multiscale["axes"][0]["unit"]]
    stored = [
        next(t["scale"] for t in dataset["coordinateTransformations"] if t["type"] == "scale")
        for dataset in multiscale["datasets"]
    ]
    np.testing.assert_allclose(stored, np.array(scales) * factor)


@pytest.mark.parametrize("name", ["validation_A", "deep"])
def test_levels_lie_where_they_should(metadata: Any, name: str) -> None:
    """The centre of a coarse voxel is the centre of the fine ones that it covers: a shift of half of the growth."""
    for dataset in metadata[name]["attributes"]["ome"]["multiscales"][0]["datasets"]:
        transforms = {t["type"]: t for t in dataset["coordinateTransformations"]}
        scale = np.array(transforms["scale"]["scale"])
        base = np.array(
            metadata[name]["attributes"]["ome"]["multiscales"][0]["datasets"][0]["coordinateTransformations"][0][
                "scale"
            ]
        )
        if "translation" in transforms:
            np.testing.assert_allclose(transforms["translation"]["translation"], (scale - base) / 2)
        else:
            np.testing.assert_array_equal(scale, base)


V2 = ["labels-v2", "image-v2"]


@pytest.mark.parametrize("name", V2)
def test_zarr_v2_of_other_readers(in_zarr_v2: Any, name: str) -> None:
    place, levels = in_zarr_v2[name]
    zarr = pytest.importorskip("zarr", "3.0", reason="zarr-python 3 needs Python 3.11")
    tensorstore = pytest.importorskip("tensorstore")
    for consolidated in (True, False):
        group = zarr.open_group(place, mode="r", zarr_format=2, use_consolidated=consolidated)
        datasets = group.attrs["multiscales"][0]["datasets"]
        assert len(datasets) == len(levels) > 1
        for dataset, level in zip(datasets, levels, strict=True):
            array = group[dataset["path"]]
            assert array.chunks == (128, 128, 128)
            assert array.attrs["_ARRAY_DIMENSIONS"] == ["z", "y", "x"]
            np.testing.assert_array_equal(array[...], level, strict=True)
    for path, level in enumerate(levels):
        spec = {"driver": "zarr", "kvstore": {"driver": "file", "path": f"{place}/{path}/"}}
        array = tensorstore.open(spec, open=True, read=True).result()
        np.testing.assert_array_equal(array.read().result(), level, strict=True)


@pytest.mark.parametrize("name", V2)
def test_zarr_v2_is_ome_zarr_04(in_zarr_v2: Any, name: str) -> None:
    import jsonschema
    import referencing

    place, levels = in_zarr_v2[name]
    found = importlib.util.find_spec("ngff_zarr")
    if found is None or not found.submodule_search_locations:
        pytest.skip("ngff-zarr, which carries the schemas, needs Python 3.11")
    folder = Path(found.submodule_search_locations[0]) / "spec/0.4/schemas"
    schemas = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.schema")}
    known = referencing.Registry().with_resources(
        (content["$id"], referencing.Resource.from_contents(content, referencing.jsonschema.DRAFT202012))
        for content in schemas.values()
    )
    attributes = json.loads((place / ".zattrs").read_text())
    for schema in ("image", "strict_image"):
        validator = jsonschema.Draft202012Validator(schemas[schema], registry=known)
        assert [error.message for error in validator.iter_errors(attributes)] == []
        assert list(validator.iter_errors({**attributes, "multiscales": [{"axes": 3}]}))
    pytest.importorskip("ome_zarr", reason="ome-zarr with Zarr 3 needs Python 3.11")
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    node = next(iter(Reader(parse_url(place))()))
    for data, level in zip(node.data, levels, strict=True):
        np.testing.assert_array_equal(np.asarray(data), level, strict=True)


@pytest.mark.parametrize("name", V2)
def test_zarr_v2_is_served(in_zarr_v2: Any, client: voxelflight.Client, home: Home, name: str) -> None:
    _, levels = in_zarr_v2[name]
    for number, level in enumerate(levels):
        np.testing.assert_array_equal(client[name].level(number)[...], level)
    known = client.sql("SELECT z, y, x, vmin, mean, vmax FROM chunks WHERE dataset = ? AND level = 0", [name])
    assert known.num_rows == np.prod([-(-side // 128) for side in levels[0].shape])
    for row in known.to_pylist():
        chunk = levels[0][tuple(slice(row[axis], row[axis] + 128) for axis in "zyx")]
        assert (row["vmin"], row["vmax"]) == (chunk.min(), chunk.max())
        assert row["mean"] == pytest.approx(chunk.mean())
    assert "--zarr-format 2" in home.fail("ingest", "x.npy", "--name", "no", "--zarr-format", 2, "--shard", 256)
    assert "--zarr-format 4" in home.fail("ingest", "x.npy", "--name", "no", "--zarr-format", 4)
