"""Encodes one chunk by each codec with numcodecs, and measures how fast numcodecs (the C libraries) decodes it again.

Writes NAME.bin, NAME.raw and peers.json (MB/s of decoded voxels, one thread) into a folder.
"""

import argparse
import json
import lzma
import pathlib
import time

import h5py
import numcodecs
import numpy as np

SIDE = 128
SECONDS = 1.0


def chunks(sample: pathlib.Path) -> dict[str, np.ndarray]:
    """Real EM voxels, and smooth floats with a little noise."""
    with h5py.File(sample) as file:
        em = file["raw"][64 : 64 + SIDE, 64 : 64 + SIDE, 64 : 64 + SIDE]
    z, y, x = np.meshgrid(*[np.linspace(0, 3, SIDE)] * 3, indexing="ij")
    rng = np.random.default_rng(1)
    smooth = (np.sin(z) * np.cos(y) + x + rng.normal(0, 1e-3, z.shape)).astype("float32")
    return {"uint8": em, "float32": np.round(smooth, 3), "uint16": em.astype("uint16") * 7}


def codecs(dtype: str) -> dict[str, object]:
    size = np.dtype(dtype).itemsize
    all_ = {
        "zstd": numcodecs.Zstd(3),
        "gzip": numcodecs.GZip(6),
        "zlib": numcodecs.Zlib(6),
        "lz4": numcodecs.LZ4(),
        "bz2": numcodecs.BZ2(9),
        "xz": numcodecs.LZMA(format=lzma.FORMAT_XZ, preset=3),
        "shuffle": numcodecs.Shuffle(size),
        "delta": numcodecs.Delta(np.dtype(dtype).str),
        "crc32": numcodecs.CRC32(),
        "adler32": numcodecs.Adler32(),
        "fletcher32": numcodecs.Fletcher32(),
    }
    for name in ("blosclz", "lz4", "lz4hc", "zlib", "zstd"):
        for shuffle, word in ((0, "noshuffle"), (1, "shuffle"), (2, "bitshuffle")):
            all_[f"blosc-{name}-{word}"] = numcodecs.Blosc(name, 5, shuffle)
    if dtype == "float32":
        del all_["delta"]
    return all_


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    numcodecs.blosc.use_threads = False
    numcodecs.blosc.set_nthreads(1)
    peers = {}
    for dtype, chunk in chunks(arguments.sample).items():
        raw = np.ascontiguousarray(chunk)
        for name, codec in codecs(dtype).items():
            encoded = bytes(memoryview(np.ascontiguousarray(codec.encode(raw))).cast("B"))
            (arguments.out / f"{name}.{dtype}.bin").write_bytes(encoded)
            (arguments.out / f"{name}.{dtype}.raw").write_bytes(raw.tobytes())
            into = np.empty_like(raw)
            best, end = float("inf"), time.perf_counter() + SECONDS
            while time.perf_counter() < end:
                start = time.perf_counter()
                try:
                    codec.decode(encoded, out=into)
                except TypeError:
                    codec.decode(encoded)
                best = min(best, time.perf_counter() - start)
            peers[f"{name}.{dtype}"] = {"mb_s": raw.nbytes / 1e6 / best, "ratio": raw.nbytes / len(encoded)}
    (arguments.out / "peers.json").write_text(json.dumps(peers))


if __name__ == "__main__":
    main()
