"""Neuroglancer in a real browser shows the Zarr view: each pixel is the voxel of the source."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from reference import pyramid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness import Home, Server

neuroglancer = pytest.importorskip("neuroglancer")

Array = np.ndarray[Any, Any]

SIDE = 256  # of the picture, in pixels
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SHADER = "void main() { emitGrayscale(toNormalized(getDataValue())); }"
FORMATS = {"zarr": "zarr3", "zarr2": "zarr2"}
VOXEL_SIZE = (16, 8, 8)  # nm, zyx


class Viewer:
    """A page of Neuroglancer that this process steers."""

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer
        with viewer.config_state.txn() as config:
            config.show_ui_controls = False
            config.show_panel_borders = False

    def show(self, source: str, centre: tuple[float, float, float], scale: float) -> Array:
        """Return the picture of the plane z, `scale` voxels a pixel, once all of it is loaded."""
        with self.viewer.txn() as state:
            state.layers.clear()
            state.dimensions = neuroglancer.CoordinateSpace(names=["x", "y", "z"], units="nm", scales=VOXEL_SIZE[::-1])
            state.layers["volume"] = neuroglancer.ImageLayer(source=source, shader=SHADER)
            state.layout = "xy"
            state.show_axis_lines = state.show_scale_bar = state.show_default_annotations = False
            state.cross_section_background_color = "#000000"
            state.position = centre[::-1]
            state.cross_section_scale = scale
        pixels: Array = self.viewer.screenshot(size=[SIDE, SIDE]).screenshot.image_pixels
        assert pixels.shape == (SIDE, SIDE, 4)
        np.testing.assert_array_equal(pixels[..., 0], pixels[..., 1])
        return pixels[..., 0]


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser is here: apt-get install {BROWSERS[0]}")
    folder = tmp_path_factory.mktemp("browser")
    neuroglancer.set_server_bind_address("127.0.0.1")
    viewer = neuroglancer.Viewer()
    command = [browser, "--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    command += ["--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, viewer.get_viewer_url()], stdout=log, stderr=log)
    try:
        yield Viewer(viewer)
    finally:
        process.kill()
        process.wait()
        neuroglancer.stop()


@pytest.fixture(scope="module")
def levels(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> list[Array]:
    """Return the levels of what is ingested: with chunks that the view passes on, and with others."""
    grey = np.random.default_rng(12).integers(1, 255, (140, 270, 300), dtype="uint8")
    grey[:, :130, :140] = 0  # chunks that are not there
    source = tmp_path_factory.mktemp("sources") / "grey.npy"
    np.save(source, grey)
    size = ("--voxel-size", ",".join(map(str, VOXEL_SIZE)))
    home.ingest(source, "shown", *size)
    home.ingest(source, "shown-small", *size, "--chunk", "64")
    return pyramid(grey, VOXEL_SIZE, labels=False)


def plane(level: Array, centre: tuple[int, int, int]) -> Array:
    """Return what a picture must show: the voxels around the centre, black where there are none."""
    z, y, x = centre
    return np.pad(level[z], SIDE)[y + SIDE // 2 :, x + SIDE // 2 :][:SIDE, :SIDE]


@pytest.mark.parametrize("root", FORMATS)
@pytest.mark.parametrize("name", ["shown", "shown-small"])
def test_each_pixel_is_a_voxel(name: str, root: str, server: Server, levels: list[Array], viewer: Viewer) -> None:
    source = f"{server.http}/{root}/{name}/|{FORMATS[root]}:"
    z, y, x = 70, 128, 150
    # the middle of the picture is between two pixels, that of a voxel is at its number
    shown = viewer.show(source, (z, y - 0.5, x - 0.5), 1)
    np.testing.assert_array_equal(shown, plane(levels[0], (z, y, x)))


@pytest.mark.parametrize("root", FORMATS)
def test_far_away_the_next_level_is_shown(root: str, server: Server, levels: list[Array], viewer: Viewer) -> None:
    source = f"{server.http}/{root}/shown/|{FORMATS[root]}:"
    assert levels[1].shape == (140, 135, 150)
    # voxel i of level 1 covers 2 i and 2 i + 1, and its middle is at 2 i + 0.5
    shown = viewer.show(source, (70, 2 * 64 - 0.5, 2 * 75 - 0.5), 2)
    # beyond the end of level 1 there may be half a voxel of level 2
    end = levels[1].shape[1] - 64 + SIDE // 2
    np.testing.assert_array_equal(shown[:end], plane(levels[1], (70, 64, 75))[:end])
