"""Files of other people's writers, in every variety that is said to be read, come out as they went in."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import h5py
import nibabel
import numpy as np
import pytest
import tifffile

import voxelflight
from harness import expected, shared
from reference import sha256

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness import Home

    Array = np.ndarray[Any, Any]
    Write = Callable[[Path, Array], None]

SHAPE = (19, 70, 150)


def volume(dtype: str, shape: tuple[int, ...] = SHAPE) -> Array:
    """Return values that use the whole range of a type, in smooth and in noisy parts."""
    random = np.random.default_rng(sum(map(ord, dtype)))
    kind = np.dtype(dtype)
    if kind.kind == "f":
        array = random.standard_normal(shape) * 1e3
    else:
        limits = np.iinfo(kind)
        array = random.integers(limits.min, limits.max, shape, kind.newbyteorder("="), endpoint=True)
    array[:, :20] = np.arange(shape[-1]) % 100
    return array.astype(dtype)


def hdf5(path: Path, array: Array, **options: Any) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("group/volume", data=array, **options)
        file.create_dataset("table", data=np.arange(12).reshape(3, 4))  # not what is meant


def tiff(path: Path, array: Array, **options: Any) -> None:
    tifffile.imwrite(path, array, **{"photometric": "minisblack", **options})


def tiff_folder(path: Path, array: Array) -> None:
    path.mkdir()
    for number, plane in enumerate(array):
        tifffile.imwrite(path / f"slice{number}.tif", plane)  # slice10 comes after slice9
    (path / "notes.txt").write_text("not a slice")


def nifti(path: Path, array: Array, **units: Any) -> None:
    # NIfTI's first axis is x and the fastest
    image = nibabel.Nifti1Image(array.transpose(2, 1, 0), np.diag([0.5, 0.6, 0.7, 1]), dtype=array.dtype)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def npy(path: Path, array: Array, order: str) -> None:
    np.save(path, np.asarray(array, order=order))  # type: ignore[call-overload]


Case = tuple[str, "Write", str]
with_options = functools.partial

CASES: dict[str, Case] = {
    **{
        f"hdf5-{dtype}": (dtype, with_options(hdf5, chunks=(7, 33, 64), compression="gzip", shuffle=True), "v.h5")
        for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8")
    },
    "hdf5-contiguous": ("u2", hdf5, "v.hdf5"),
    "hdf5-lzf": ("u2", with_options(hdf5, chunks=(8, 64, 64), compression="lzf"), "v.h5"),
    "hdf5-fletcher32": ("i4", with_options(hdf5, chunks=(19, 70, 150), fletcher32=True, compression=9), "v.h5"),
    "hdf5-chunked-plain": ("u1", with_options(hdf5, chunks=(1, 70, 150)), "v.h5"),
    "hdf5-big-endian": (">u2", hdf5, "v.h5"),
    "hdf5-big-endian-gzip": (">f4", with_options(hdf5, chunks=(5, 20, 30), compression="gzip"), "v.h5"),
    **{f"tiff-{dtype}": (dtype, tiff, "v.tif") for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "f4")},
    "tiff-imagej": ("u2", with_options(tiff, imagej=True, photometric=None, metadata={"axes": "ZYX"}), "v.tif"),
    "tiff-big": ("u1", with_options(tiff, bigtiff=True), "v.tiff"),
    "tiff-big-endian": ("u2", with_options(tiff, byteorder=">"), "v.tif"),
    "tiff-big-endian-float": ("f4", with_options(tiff, byteorder=">", bigtiff=True), "v.tif"),
    "tiff-strips": ("u2", with_options(tiff, rowsperstrip=11), "v.tif"),
    "tiff-deflate": ("u1", with_options(tiff, compression="zlib"), "v.tif"),
    "tiff-deflate-predictor": ("u2", with_options(tiff, compression="zlib", predictor=2), "v.tif"),
    "tiff-deflate-tiles": ("u2", with_options(tiff, compression="zlib", predictor=2, tile=(32, 48)), "v.tif"),
    "tiff-folder": ("u1", tiff_folder, "slices"),
    **{f"nifti-{dtype}": (dtype, nifti, "v.nii") for dtype in ("u1", "i2", "i4", "f4", "f8", "u2")},
    "nifti-gz": ("i2", nifti, "v.nii.gz"),
    **{f"npy-{dtype}": (dtype, with_options(npy, order="C"), "v.npy") for dtype in ("u1", "i2", "f4", "u8", "f2")},
    "npy-fortran": ("u2", with_options(npy, order="F"), "v.npy"),
    "npy-big-endian": (">i4", with_options(npy, order="C"), "v.npy"),
}


@pytest.mark.parametrize("case", CASES)
def test_foreign_files(case: str, home: Home, client: voxelflight.Client, tmp_path: Path) -> None:
    dtype, write, name = CASES[case]
    array = volume(dtype)
    path = tmp_path / name
    write(path, array)
    home.ingest(path, case)
    read = client[case][...]
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype.newbyteorder("=")


def test_voxel_size_of_nifti(home: Home, client: voxelflight.Client, tmp_path: Path) -> None:
    nifti(tmp_path / "size.nii", volume("i2", (5, 6, 7)))
    home.ingest(tmp_path / "size.nii", "nifti-size")
    np.testing.assert_allclose(client["nifti-size"].voxel_size or (), (700_000, 600_000, 500_000), rtol=1e-6)


def test_scaled_nifti_is_served_as_its_real_values(home: Home, client: voxelflight.Client, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(volume("i2", (5, 6, 7)).transpose(2, 1, 0), np.eye(4))
    image.header.set_slope_inter(0.5, 10)
    nibabel.save(image, tmp_path / "scaled.nii")
    home.ingest(tmp_path / "scaled.nii", "nifti-scaled")
    wanted = nibabel.load(tmp_path / "scaled.nii").get_fdata().transpose(2, 1, 0)  # type: ignore[attr-defined]
    np.testing.assert_allclose(client["nifti-scaled"][...], wanted, rtol=1e-6)


SHARED = {
    "tiff/stardist_img3d_u16_deflate.tif": "tiff/stardist_img3d_u16_deflate.tif",
    "tiff/mri_stack_zyx_u8_imagej.tif": "tiff/mri_stack_zyx_u8_imagej.tif",
    "tiff/platynereis_gt_i32_deflate.tif": "tiff/platynereis_gt_i32_deflate.tif",
    "tiff/fib25_crop_tiled_deflate_multipage.tif": "tiff/fib25_crop_tiled_deflate_multipage.tif",
    "tiff/idr_dapi_crop_u16_bigtiff.tif": "tiff/idr_dapi_crop_u16_bigtiff.tif",
    "hdf5/gala_test-gt.lzf.h5": "hdf5/gala_test-gt.lzf.h5:/stack",
    "hdf5/idr_dapi_crop_u16.h5": "hdf5/idr_dapi_crop_u16.h5:/exported_data",
    "hdf5/tooth.h5": "hdf5/tooth.h5:/exchange/data",
}


@pytest.mark.parametrize("file", SHARED)
def test_real_files(file: str, home: Home, client: voxelflight.Client) -> None:
    known = expected(SHARED[file])
    name = file.replace("/", "-")
    options = ("--dataset", "/exchange/data") if "tooth" in file else ()
    home.ingest(shared(file), name, *options)
    read = client[name][...]
    assert read.dtype == np.dtype(known["dtype"])
    assert list(read.shape) == known["shape"]
    assert sha256(read) == known["sha256_c_order_le"]
