"""The Zarr view over HTTP: other programs' readers open every dataset and find the voxels of its source."""

from __future__ import annotations

import concurrent.futures
import http.client
import importlib.util
import json
import re
import shutil
import socket
import struct
import subprocess
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tensorstore

from harness import DATA, LAUNCHER, ROOT, Home, Server, eventually, expected, shared
from reference import pyramid, sha256
from system.test_ome_zarr import axes_04, image, write_image
from system.test_registered import write_precomputed

if TYPE_CHECKING:
    from collections.abc import Callable

zarr = pytest.importorskip("zarr", minversion="3.0")

Array = np.ndarray[Any, Any]

REGISTERED = {
    # array or group -> arrays of its levels, as expected.json names them
    "zarr_v2/fib25_codecs.zarr/blosc_zstd_bitshuffle": [""],
    "zarr_v2/fib25_codecs.zarr/gzip_F": [""],
    "zarr_v2/fib25_codecs.zarr/u16_be_blosc": [""],
    "zarr_v2/fib25_codecs.zarr/bool_zstd": [""],
    "zarr_v2/fib25_codecs.zarr/u64_labels_zstd": [""],
    "zarr_v2/fib25_codecs.zarr/f32_nan_fill_missing": [""],
    "zarr_v3/fib25_codecs.zarr/transpose_zstd": [""],
    "zarr_v3/fib25_codecs.zarr/u16_big": [""],
    "zarr_v3/fib25_codecs.zarr/shard_missing_fill7": [""],
    "zarr_v3/zarrita_conformance.zarr/1d.chunked.ragged.i2": [""],
    "zarr_v2/zarr-python_conformance.zarr/2d.chunked.ragged.i2": [""],
    "n5/fib25_codecs.n5/u8/gzip": [""],
    "n5/fib25_codecs.n5/u64_labels/gzip": [""],
    "n5/fib25_codecs.n5/u16/lz4": [""],
    "precomputed/fib25_raw": [" (array zyx)"],
    "precomputed/fib25_labels_raw_gz": [" (array zyx, files .gz)"],
    "ome-zarr/idr0062_6001240_z080-159.ome.zarr": ["/0", "/1", "/2"],
    "ome-zarr/fib25_v05_sharded.ome.zarr": ["/s0", "/s1", "/s2"],
    "ome-zarr/fib25_v05_sharded.ome.zarr/labels/bodies": ["/s0"],
}
FORMATS = {"zarr": 3, "zarr2": 2}


def dataset_name(key: str) -> str:
    return "of-" + re.sub(r"[^A-Za-z0-9._-]", "-", key)


class Wire:
    """HTTP as it is on the wire: no client corrects paths or headers."""

    def __init__(self, server: Server) -> None:
        self.host = urllib.parse.urlsplit(server.http).netloc

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=False, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        status, _, body = self.ask(path)
        assert status == 200, body
        return json.loads(body)


@pytest.fixture
def wire(server: Server) -> Wire:
    return Wire(server)


Volumes = dict[str, list[Array]]


@pytest.fixture(scope="module")
def ingested(
    server: Server, home: Home, volumes: dict[str, Array], tmp_path_factory: pytest.TempPathFactory
) -> Volumes:
    """Return the levels of ingested volumes, computed again from the source."""
    folder = tmp_path_factory.mktemp("sources")
    # several chunks a level, some of them zero, edges on every axis
    grey = np.random.default_rng(11).integers(0, 255, (140, 270, 300), dtype="uint8")
    grey[:, :130, :140] = 0
    np.save(folder / "grey.npy", grey)
    home.ingest(folder / "grey.npy", "grey", "--voxel-size", "16,8,8")
    home.ingest(folder / "grey.npy", "grey-v2", "--zarr-format", "2")
    home.ingest(folder / "grey.npy", "small-chunks", "--chunk", "64")
    return {
        "grey": pyramid(grey, (16, 8, 8), labels=False),
        "grey-v2": pyramid(grey, None, labels=False),
        "small-chunks": pyramid(grey, None, labels=False, chunk=64),
        "deep": pyramid(volumes["deep"], (40, 10, 10), labels=False),
        "real": pyramid(volumes["real"], None, labels=False),
        "labels": pyramid(volumes["labels"], (10, 10, 10), labels=True),
    }


@pytest.fixture(scope="module")
def registered(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Register all at a running server: in one folder, as a command takes seconds."""
    folder = tmp_path_factory.mktemp("arrays")
    for key in REGISTERED:
        (folder / dataset_name(key).removeprefix("of-")).symlink_to(shared(key), target_is_directory=True)
    home.succeed("register", folder, "--name", "of", "--all")


def open_group(server: Server, root: str, name: str, consolidated: bool) -> Any:
    return zarr.open_group(
        f"{server.http}/{root}/{name}", mode="r", zarr_format=FORMATS[root], use_consolidated=consolidated
    )


def multiscale(group: Any, root: str) -> dict[str, Any]:
    attributes = group.attrs["ome"] if root == "zarr" else group.attrs
    described: dict[str, Any] = attributes["multiscales"][0]
    return described


def open_tensorstore(server: Server, root: str, name: str, path: str) -> Any:
    return tensorstore.open(
        {
            "driver": "zarr3" if root == "zarr" else "zarr",
            "kvstore": {"driver": "http", "base_url": server.http, "path": f"/{root}/{name}/{path}/"},
        },
        open=True,
        read=True,
    ).result()


INGESTED = ["grey", "grey-v2", "small-chunks", "deep", "real", "labels"]


@pytest.mark.parametrize("root", FORMATS)
@pytest.mark.parametrize("name", INGESTED)
def test_ingested_volumes_of_zarr_python(name: str, root: str, server: Server, ingested: Volumes) -> None:
    for consolidated in (True, False):
        group = open_group(server, root, name, consolidated)
        assert (group.metadata.consolidated_metadata is not None) == consolidated
        datasets = multiscale(group, root)["datasets"]
        assert len(datasets) == len(ingested[name])
        for dataset, level in zip(datasets, ingested[name], strict=True):
            array = group[dataset["path"]]
            assert array.chunks == (128, 128, 128)
            if not consolidated:
                np.testing.assert_array_equal(array[...], level, strict=True)


@pytest.mark.parametrize("root", FORMATS)
@pytest.mark.parametrize("name", INGESTED)
def test_ingested_volumes_of_tensorstore(name: str, root: str, server: Server, ingested: Volumes) -> None:
    for path, level in enumerate(ingested[name]):
        array = open_tensorstore(server, root, name, str(path))
        np.testing.assert_array_equal(array.read().result(), level, strict=True)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("root", FORMATS)
@pytest.mark.parametrize("key", REGISTERED)
def test_registered_volumes(key: str, root: str, server: Server) -> None:
    name = dataset_name(key)
    group = open_group(server, root, name, consolidated=True)
    datasets = multiscale(group, root)["datasets"]
    assert len(datasets) == len(REGISTERED[key])
    for level, (dataset, suffix) in enumerate(zip(datasets, REGISTERED[key], strict=True)):
        known = expected(key + suffix)
        dtype = np.dtype("uint8" if known["dtype"] == "bool" else known["dtype"])
        array = group[dataset["path"]]
        chunks = tuple(1 if axis in "tc" else 128 for axis in (a["name"] for a in multiscale(group, root)["axes"]))
        assert array.chunks == chunks
        assert array.dtype == dtype
        assert list(array.shape) == known["shape"]
        read = array[...]
        assert sha256(read) == known["sha256_c_order_le"]
        again = open_tensorstore(server, root, name, str(level)).read().result()
        assert again.dtype == dtype
        assert sha256(again) == known["sha256_c_order_le"]


def schema_errors(version: str, attributes: Any, schema: str) -> list[str]:
    import jsonschema
    import referencing

    found = importlib.util.find_spec("ngff_zarr")
    if found is None or not found.submodule_search_locations:
        pytest.skip("ngff-zarr, which carries the schemas, needs Python 3.11")
    folder = Path(found.submodule_search_locations[0]) / f"spec/{version}/schemas"
    schemas = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.schema")}
    known = referencing.Registry().with_resources(
        (content["$id"], referencing.Resource.from_contents(content, referencing.jsonschema.DRAFT202012))
        for content in schemas.values()
    )
    validator = jsonschema.Draft202012Validator(schemas[schema], registry=known)
    return [error.message for error in validator.iter_errors(attributes)]


@pytest.mark.usefixtures("registered", "ingested")
@pytest.mark.parametrize("name", [*INGESTED, *(dataset_name(key) for key in REGISTERED if "d.c" not in key)])
def test_ome_ngff_schemas(name: str, wire: Wire) -> None:
    new = wire.json(f"/zarr/{name}/zarr.json")["attributes"]
    old = wire.json(f"/zarr2/{name}/.zattrs")
    for version, attributes in (("0.5", new), ("0.4", old)):
        assert schema_errors(version, attributes, "image") == []
        if name in INGESTED:  # it wants to know how a pyramid was made, which only its maker knows
            assert schema_errors(version, attributes, "strict_image") == []
        broken = json.loads(json.dumps(attributes).replace('"axes"', '"taxes"'))
        assert schema_errors(version, broken, "image")  # a validator that finds nothing would not notice anything


@pytest.mark.usefixtures("registered", "ingested")
def test_metadata_says_what_the_source_says(wire: Wire) -> None:
    grey = wire.json("/zarr/grey/zarr.json")["attributes"]["ome"]["multiscales"][0]
    assert [axis["unit"] for axis in grey["axes"]] == ["nanometer"] * 3
    transforms = [dataset["coordinateTransformations"] for dataset in grey["datasets"]]
    assert transforms[0] == [{"type": "scale", "scale": [16, 8, 8]}]
    assert transforms[1][0] == {"type": "scale", "scale": [16, 16, 16]}
    assert transforms[1][1] == {"type": "translation", "translation": [0, 4, 4]}
    assert "unit" not in wire.json("/zarr/real/zarr.json")["attributes"]["ome"]["multiscales"][0]["axes"][0]
    for name in ("labels", dataset_name("ome-zarr/fib25_v05_sharded.ome.zarr/labels/bodies")):
        assert "image-label" in wire.json(f"/zarr/{name}/zarr.json")["attributes"]["ome"]
        assert wire.json(f"/zarr2/{name}/.zattrs")["image-label"]["version"] == "0.4"
    assert "image-label" not in wire.json("/zarr/grey/zarr.json")["attributes"]["ome"]

    idr = "ome-zarr/idr0062_6001240_z080-159.ome.zarr"
    theirs = json.loads((DATA / idr / ".zattrs").read_text())
    ours = wire.json(f"/zarr/{dataset_name(idr)}/zarr.json")["attributes"]["ome"]
    assert [axis["name"] for axis in ours["multiscales"][0]["axes"]] == ["t", "c", "z", "y", "x"]
    assert ours["omero"]["channels"] == theirs["omero"]["channels"]
    scales = [d["coordinateTransformations"][0]["scale"][2:] for d in ours["multiscales"][0]["datasets"]]
    wanted = [d["coordinateTransformations"][0]["scale"][2:] for d in theirs["multiscales"][0]["datasets"]]
    np.testing.assert_allclose(scales, np.array(wanted) * 1000)  # micrometres


def test_ome_zarr_reader(server: Server, ingested: Volumes) -> None:
    pytest.importorskip("ome_zarr", reason="ome-zarr with Zarr 3 needs Python 3.11")
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    for root in FORMATS:
        node = next(iter(Reader(parse_url(f"{server.http}/{root}/labels"))()))
        assert len(node.data) == len(ingested["labels"])
        for data, level in zip(node.data, ingested["labels"], strict=True):
            np.testing.assert_array_equal(np.asarray(data), level, strict=True)


ZARRITA = "zarrita@0.7.5"


@pytest.fixture(scope="module")
def zarrita() -> Callable[[str], Any]:
    """Return a reader of the view by the library that viewers in browsers use; npm fetches it once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not here")
    folder = ROOT / "clients/python/target/zarrita"
    if not (folder / "node_modules/zarrita").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        done = subprocess.run([npm, "install", "--no-audit", "--no-fund", ZARRITA], cwd=folder, capture_output=True)
        if done.returncode != 0:
            pytest.skip(f"{ZARRITA} cannot be had: {done.stderr.decode()[-200:]}")

    def read(url: str) -> Any:
        script = shutil.copy(Path(__file__).with_name("zarrita_read.mjs"), folder)
        done = subprocess.run([node, script, url], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("root", FORMATS)
@pytest.mark.parametrize(
    "key",
    [
        "ome-zarr/idr0062_6001240_z080-159.ome.zarr",
        "ome-zarr/fib25_v05_sharded.ome.zarr",
        "n5/fib25_codecs.n5/u64_labels/gzip",
        "zarr_v2/fib25_codecs.zarr/u16_be_blosc",
        "precomputed/fib25_raw",
    ],
)
def test_what_browsers_read(key: str, root: str, server: Server, zarrita: Callable[[str], Any]) -> None:
    found = zarrita(f"{server.http}/{root}/{dataset_name(key)}")["levels"]
    assert len(found) == len(REGISTERED[key])
    for level, suffix in zip(found, REGISTERED[key], strict=True):
        known = expected(key + suffix)
        assert level["shape"] == known["shape"]
        assert level["sha256"] == known["sha256_c_order_le"]


def test_a_browser_reads_what_was_ingested(server: Server, ingested: Volumes, zarrita: Callable[[str], Any]) -> None:
    for root in FORMATS:  # stored bytes, with and without their checksum
        found = zarrita(f"{server.http}/{root}/deep")["levels"]
        assert [level["sha256"] for level in found] == [sha256(level) for level in ingested["deep"]]


def inner_chunk(shard: bytes, slot: int, slots: int) -> bytes:
    """Take a chunk out of a shard, by the specification."""
    index = shard[-(slots * 16 + 4) : -4]
    offset, length = struct.unpack_from("<QQ", index, slot * 16)
    return shard[offset : offset + length]


@pytest.mark.usefixtures("ingested")
def test_stored_bytes_are_passed_on(home: Home, server: Server, wire: Wire) -> None:
    shard = (home.location("grey") / "0/c/0/0/0").read_bytes()
    chunk = inner_chunk(shard, 11, 2 * 3 * 3)  # z 1, y 0, x 2 of 2 x 3 x 3
    assert len(chunk) > 50_000
    before = server.metrics()
    status, headers, body = wire.ask("/zarr/grey/0/c/1/0/2")
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    assert body == chunk
    assert wire.ask("/zarr2/grey/0/1/0/2")[2] == chunk[:-4], "without the checksum, for which Zarr v2 has no name"
    after = server.metrics()
    assert after["voxelflight_zarr_chunks_stored_total"] == before["voxelflight_zarr_chunks_stored_total"] + 2
    assert after["voxelflight_zarr_chunks_encoded_total"] == before["voxelflight_zarr_chunks_encoded_total"]
    names = [codec["name"] for codec in wire.json("/zarr/grey/0/zarr.json")["codecs"]]
    assert names == ["bytes", "zstd", "crc32c"]

    stored = (home.location("grey-v2") / "0/1/0/2").read_bytes()
    assert wire.ask("/zarr/grey-v2/0/c/1/0/2")[2] == stored
    assert wire.ask("/zarr2/grey-v2/0/1/0/2")[2] == stored
    assert [codec["name"] for codec in wire.json("/zarr/grey-v2/0/zarr.json")["codecs"]] == ["bytes", "zstd"]


def test_a_stored_chunk_that_is_corrupt_is_an_error_in_zarr_v2(
    home: Home, server: Server, wire: Wire, tmp_path: Path
) -> None:
    voxels = np.random.default_rng(2).integers(0, 255, (20, 30, 40), dtype="uint8")
    np.save(tmp_path / "broken.npy", voxels)
    home.ingest(tmp_path / "broken.npy", "broken")
    place = home.location("broken") / "0/c/0/0/0"
    shard = bytearray(place.read_bytes())
    shard[500] ^= 1
    place.write_bytes(shard)
    status, _, body = wire.ask("/zarr2/broken/0/0/0/0")
    assert status == 500
    assert json.loads(body)["code"] == "CORRUPT_DATA"
    assert "broken" in json.loads(body)["detail"]
    # Zarr v3's readers check it themselves
    with pytest.raises(Exception, match=r"(?i)crc|checksum"):
        _ = open_group(server, "zarr", "broken", consolidated=True)["0"][...]


@pytest.mark.usefixtures("registered")
def test_a_hot_chunk_is_encoded_once(server: Server, home: Home, wire: Wire) -> None:
    key = "zarr_v2/fib25_codecs.zarr/zlib"
    home.succeed("register", shared(key), "--name", "hot")
    before = server.metrics()["voxelflight_zarr_chunks_encoded_total"]
    paths = ["/zarr/hot/0/c/0/0/0", "/zarr2/hot/0/0/0/0"] * 16
    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(wire.ask, paths))
    assert [status for status, _, _ in answers] == [200] * 32
    assert len({body for _, _, body in answers}) == 1
    assert server.metrics()["voxelflight_zarr_chunks_encoded_total"] == before + 1


@pytest.mark.usefixtures("ingested")
def test_what_is_not_there_is_404(server: Server, wire: Wire) -> None:
    errors = len(server.log)
    missing = [
        "/zarr/nobody/zarr.json",
        "/zarr/grey/.zattrs",
        "/zarr/grey/.zgroup",
        "/zarr/grey/.zmetadata",
        "/zarr/grey/0/.zarray",
        "/zarr/grey/labels/zarr.json",
        "/zarr/grey/9/zarr.json",
        "/zarr/grey/00/zarr.json",
        "/zarr/grey/0",
        "/zarr/grey/0/c",
        "/zarr/grey/0/c/0/0",
        "/zarr/grey/0/c/0/0/0/0",
        "/zarr/grey/0/c/2/0/0",
        "/zarr/grey/0/c/0/0/99999999999999999999",
        "/zarr/grey/0/c/0/0/-1",
        "/zarr/grey/0/c/0/0/01",
        "/zarr/grey/0/c/0.0.0",
        "/zarr/grey/0/0/0/0",
        "/zarr/grey/0/c/0/0/0",  # all zero
        "/zarr2/grey/zarr.json",
        "/zarr2/grey/0/0.0.0",
        "/zarr2/grey/0/0/0/0",
        "/zarr2/grey/0/c/1/0/2",
        "/zarr2/small-chunks/0/0/0/0",  # all zero, read and found to be so
    ]
    for path in missing:
        for method in ("GET", "HEAD"):
            status, headers, body = wire.ask(path, method)
            assert status == 404, path
            if method == "GET":
                assert headers["Content-Type"] == "application/problem+json"
                assert json.loads(body)["code"] == "NOT_FOUND"
    assert not [line for line in server.log[errors:] if "WARN" in line or "ERROR" in line or "\tat " in line]


@pytest.mark.usefixtures("ingested")
@pytest.mark.parametrize(
    "segment",
    ["..", ".", "%2e%2e", "%2E.", "..%2f..", "%00", "a%00", "..;", "..%5c", "%252e%252e", "file:", "/etc", "~"],
)
def test_no_path_leads_out(segment: str, wire: Wire) -> None:
    for path in (
        f"/zarr/{segment}/zarr.json",
        f"/zarr/grey/{segment}/zarr.json",
        f"/zarr/grey/{segment}/{segment}/{segment}/etc/passwd",
        f"/zarr/grey/0/{segment}/zarr.json",
        f"/zarr/grey/0/c/{segment}/0/0",
        f"/zarr/grey/0/c/0/0/{segment}",
        f"/zarr2/grey/{segment}",
        f"/zarr2/grey/0/0/0/{segment}",
    ):
        status, _, body = wire.ask(path)
        if status == 200:  # '.' and '..' of a path that stays in the view
            assert json.loads(body)["node_type"] in ("group", "array"), path
            assert segment in (".", ".."), path
        else:
            assert status in (400, 404), (path, status)


@pytest.mark.usefixtures("ingested")
@pytest.mark.parametrize("path", ["/zarr/grey/0/c/1/0/2", "/zarr2/small-chunks/0/1/0/2", "/zarr/grey/zarr.json"])
def test_ranges(path: str, wire: Wire) -> None:
    _, headers, whole = wire.ask(path)
    size = len(whole)
    assert headers["Accept-Ranges"] == "bytes"
    for given, first, last in (
        ("bytes=0-0", 0, 0),
        ("bytes=5-99", 5, 99),
        (f"bytes=100-{size + 7}", 100, size - 1),
        ("bytes=100-", 100, size - 1),
        ("bytes=-16", size - 16, size - 1),
        (f"bytes=-{size + 5}", 0, size - 1),
    ):
        status, headers, body = wire.ask(path, Range=given)
        assert status == 206, given
        assert headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert headers["Content-Length"] == str(last - first + 1)
        assert body == whole[first : last + 1]
    for given in (f"bytes={size}-", "bytes=-0", f"bytes={size + 10}-{size + 20}"):
        status, headers, _ = wire.ask(path, Range=given)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{size}")
    for given in ("bytes=7-3", "bytes=a-b", "lines=0-1", "bytes=-", "bytes=0-1,4-5"):
        status, _, body = wire.ask(path, Range=given)
        assert (status, body) == (200, whole)
    etag = headers["ETag"]
    assert wire.ask(path, Range="bytes=0-3", If_Range=etag)[0] == 206
    assert wire.ask(path, Range="bytes=0-3", If_Range='"other"')[0] == 200


@pytest.mark.usefixtures("ingested")
@pytest.mark.parametrize("path", ["/zarr/grey/0/c/1/0/2", "/zarr2/small-chunks/0/1/0/2", "/zarr/grey/zarr.json"])
def test_head_and_versions(path: str, wire: Wire) -> None:
    _, headers, whole = wire.ask(path)
    etag = headers["ETag"]
    status, head, body = wire.ask(path, "HEAD")
    assert (status, body) == (200, b"")
    assert head["Content-Length"] == str(len(whole))
    assert head["Content-Type"] == headers["Content-Type"]
    assert head["ETag"] == etag
    assert headers["Cache-Control"] == "private, no-cache"
    for known in (etag, f'"x", W/{etag}', "*"):
        status, headers, body = wire.ask(path, If_None_Match=known)
        assert (status, body, headers["ETag"]) == (304, b"", etag)
    assert wire.ask(path, If_None_Match='"x"')[0] == 200
    assert wire.ask(path, Accept_Encoding="gzip")[2] == whole


@pytest.mark.usefixtures("ingested")
def test_pages_may_read_it(wire: Wire) -> None:
    for path in ("/zarr/grey/zarr.json", "/zarr/grey/0/c/1/0/2", "/zarr/nobody/zarr.json"):
        _, headers, _ = wire.ask(path, Origin="https://viewer.example.org")
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Range" in headers["Access-Control-Expose-Headers"]
        assert "ETag" in headers["Access-Control-Expose-Headers"]
        status, headers, _ = wire.ask(
            path,
            "OPTIONS",
            Origin="https://viewer.example.org",
            Access_Control_Request_Method="GET",
            Access_Control_Request_Headers="range,authorization",
        )
        assert status == 204
        assert {"GET", "HEAD"} <= set(headers["Access-Control-Allow-Methods"].split(", "))
        assert {"range", "authorization", "x-api-key"} <= set(headers["Access-Control-Allow-Headers"].split(", "))
    assert wire.ask("/metrics", Origin="https://viewer.example.org")[1]["Access-Control-Allow-Origin"] is None


@pytest.mark.usefixtures("ingested")
def test_readers_that_do_not_read_hold_nobody_up(server: Server, wire: Wire) -> None:
    """Each of them holds its answer's memory and no thread: others are served, and what they held comes back."""
    stuck = []
    try:
        for _ in range(12):
            connection = socket.create_connection(wire.host.split(":"), timeout=30)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /zarr/grey/0/c/1/0/2 HTTP/1.1\r\nHost: x\r\n\r\n")
            stuck.append(connection)
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(wire.ask, ["/zarr/grey/0/c/1/1/1"] * 16))
        assert {status for status, _, _ in answers} == {200}
    finally:
        for connection in stuck:
            connection.close()
    assert eventually(lambda: server.metrics()["voxelflight_zarr_answer_bytes"] == 0)


def test_volumes_of_tensorstore_and_zarr_python(home: Home, server: Server, tmp_path: Path) -> None:
    """Chunks of the view's size, passed on whoever wrote them; a translation; five axes in another order."""
    grey = np.random.default_rng(4).integers(0, 255, (130, 200, 140), dtype="uint8")
    write_precomputed(tmp_path / "pre", grey, "raw", chunk_size=[128, 128, 128])
    array = zarr.create_array(
        tmp_path / "v3.zarr", shape=grey.shape, chunks=(128,) * 3, dtype="uint8", fill_value=3, zarr_format=3
    )
    array[...] = grey
    five = image((19, 2, 30, 41, 3), seed=9)
    write_image(tmp_path / "five.zarr", "0.4", axes_04("zcyxt"), five)
    for name in ("pre", "v3.zarr", "five.zarr"):
        home.succeed("register", tmp_path / name, "--name", f"written-{name}")
    for root in FORMATS:
        for name in ("written-pre", "written-v3.zarr"):
            np.testing.assert_array_equal(open_group(server, root, name, consolidated=True)["0"][...], grey)
        read = open_group(server, root, "written-five.zarr", consolidated=True)["0"][...]
        np.testing.assert_array_equal(read, five.transpose(4, 1, 0, 2, 3))
    stored = (tmp_path / "v3.zarr/c/0/1/1").read_bytes()
    assert Wire(server).ask("/zarr/written-v3.zarr/0/c/0/1/1")[2] == stored
    described = Wire(server).json("/zarr/written-pre/zarr.json")["attributes"]["ome"]["multiscales"][0]
    shift = {t["type"]: t for t in described["datasets"][0]["coordinateTransformations"]}
    assert shift["scale"]["scale"] == [40, 5, 4]
    assert shift["translation"]["translation"] == [11.5 * 40, -2.5 * 5, 7.5 * 4]  # of the first voxel's centre


def test_who_may_see_what(make_home: Callable[[], Home], tmp_path: Path) -> None:
    home = make_home()
    np.save(tmp_path / "a.npy", np.ones((4, 5, 6), "uint8"))
    page = "https://viewer.example.org"
    with Server(home, "--auth", "required", "--allow-origin", page) as server:
        home.ingest(tmp_path / "a.npy", "open-a")
        home.ingest(tmp_path / "a.npy", "secret-a")
        create = ["keys", "create", "--home", str(home.folder), "--name", "viewer", "--role", "reader"]
        made = subprocess.run(
            [str(LAUNCHER), *create, "--datasets", "open*"], env=home.environment, capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr
        key = made.stdout.strip()
        wire = Wire(server)
        for path in ("/zarr/open-a/zarr.json", "/zarr/open-a/0/c/0/0/0", "/zarr2/open-a/.zmetadata"):
            assert wire.ask(path)[0] == 401
            assert wire.ask(path, Authorization=f"Bearer {key}")[0] == 200
            assert wire.ask(path, X_Api_Key=key)[0] == 200
            assert wire.ask(path, X_Api_Key=key + "x")[0] == 401
            hidden = path.replace("open-a", "secret-a")
            absent = path.replace("open-a", "nothing-a")
            answers = [wire.ask(p, X_Api_Key=key) for p in (hidden, absent)]
            assert [status for status, _, _ in answers] == [404, 404]
            details = [json.loads(body)["detail"].replace("nothing-a", "secret-a") for _, _, body in answers]
            assert details[0] == details[1]
        # a browser asks first, without a key
        status, headers, _ = wire.ask(
            "/zarr/open-a/zarr.json", "OPTIONS", Origin=page, Access_Control_Request_Method="GET"
        )
        assert (status, headers["Access-Control-Allow-Origin"]) == (204, page)
        assert wire.ask("/zarr/open-a/zarr.json", Origin=page)[1]["Access-Control-Allow-Origin"] == page
        other = wire.ask("/zarr/open-a/zarr.json", Origin="https://elsewhere.example.org", X_Api_Key=key)
        assert other[0] == 200
        assert other[1]["Access-Control-Allow-Origin"] is None
        group = zarr.open_group(
            f"{server.http}/zarr/open-a", mode="r", storage_options={"headers": {"authorization": f"Bearer {key}"}}
        )
        np.testing.assert_array_equal(group["0"][...], np.ones((4, 5, 6), "uint8"))
        assert server.stop() == 0, "memory that did not come back would be an error"
