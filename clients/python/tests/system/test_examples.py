"""The examples run as their documentation says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness import ROOT, Server

if TYPE_CHECKING:
    Arrays = dict[str, np.ndarray[Any, Any]]

EXAMPLES = ROOT / "clients/python-examples"


def run(script: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("script", ["contrast_blocks.py", "training_loop.py"])
def test_help(script: str) -> None:
    assert "--server" in run(script, "--help")


def test_contrast_blocks(volumes: Arrays, server: Server) -> None:
    out = run("contrast_blocks.py", "validation_A", "--server", server.address, "--count", 5).splitlines()
    array = volumes["validation_A"]
    assert "<Volume 'validation_A' level 0: (260, 330, 300) zyx uint8>" in out[0]
    crop = array[98:162, 133:197, 118:182]
    assert out[1] == f"the centre, (64, 64, 64): mean {crop.mean():.2f}, from {crop.min()} to {crop.max()}"
    assert len(out) == 3 + 5
    for line in out[3:]:
        z, y, x, asked, came = line.split()
        part = array[int(z) : int(z) + 128, int(y) : int(y) + 128, int(x) : int(x) + 128]
        assert asked == came == f"{part.std():.4f}"


def epoch_means(out: str) -> list[str]:
    return re.findall(r"mean (\S+),", out)


def test_training_loop(volumes: Arrays, server: Server) -> None:
    """The same seed gives the same epoch, whatever the number of workers."""
    common = ("validation_A", "--server", server.address, "--crops", 31, "--side", 48, "--seed", 7)
    array = volumes["validation_A"]
    wanted = []
    for epoch in range(2):
        origins = np.random.default_rng([7, epoch]).integers(0, np.array(array.shape) - 48, (31, 3), endpoint=True)
        crops = [array[z : z + 48, y : y + 48, x : x + 48].astype(np.float32) / np.float32(255) for z, y, x in origins]
        wanted.append(f"{np.mean([crop.mean(dtype=np.float64) for crop in crops]):.9f}")
    two = epoch_means(run("training_loop.py", *common, "--epochs", 2, "--workers", 2))
    one = epoch_means(run("training_loop.py", *common, "--epochs", 1, "--workers", 1))
    np.testing.assert_allclose(np.array(two, float), np.array(wanted, float), atol=2e-9)
    assert one == two[:1]


def test_training_loop_with_torch(volumes: Arrays, server: Server) -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed here, the loop without it is tested")
    common = ("validation_A", "--server", server.address, "--crops", 20, "--side", 32, "--seed", 3, "--workers", 2)
    plain, torch = (
        epoch_means(run("training_loop.py", *common)),
        epoch_means(run("training_loop.py", *common, "--torch")),
    )
    np.testing.assert_allclose(np.array(torch, float), np.array(plain, float), atol=2e-9)
