"""What `voxelflight demo` does as a client: reads random blocks, asks SQL, and draws one picture of the answers.

Run as `demo.py TASK RESULT`: the task is a JSON file that the command writes, the result one that it reads. The picture
needs Pillow, everything else is the client that every training job would use.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import voxelflight

BLOCKS = 200
WARM_SECONDS = 2.0
WARM_PASSES = 20
SEED = 20260101

WIDTH = 1500
MARGIN = 48
GAP = 24
BACKGROUND = (18, 20, 26)
TEXT = (236, 238, 242)
MUTED = (150, 156, 168)
COLOURS = [(255, 183, 77), (79, 195, 247), (174, 213, 129), (240, 98, 146), (186, 147, 216), (255, 241, 118)]
GREY_MATTER = (255, 112, 67)
WHITE_MATTER = (66, 165, 245)


def main(task_file: Path, result_file: Path) -> None:
    """Do the task and write the result."""
    task = json.loads(task_file.read_text())
    with voxelflight.connect(task["address"]) as client:
        volume = client[task["dataset"]]
        side = tuple(task["block"])
        result: dict[str, Any] = {"reads": read_blocks(volume, side)}
        answers = [ask(client, query["title"], query["sql"]) for query in task["queries"]]
        result["answers"] = answers
        contrast = next(answer for answer in answers if {"z", "y", "x", "stddev"} <= set(answer["columns"]))
        result["picture"] = draw(client, task, volume, contrast)
    result_file.write_text(json.dumps(result))


def read_blocks(volume: voxelflight.Volume, side: tuple[int, ...]) -> dict[str, Any]:
    """Time the same random, unaligned blocks with nothing decoded yet, and again when the server has them in memory."""
    random = np.random.default_rng(SEED)
    room = [max(1, size - edge + 1) for size, edge in zip(volume.shape[-3:], side, strict=True)]
    origins = np.stack([random.integers(0, limit, BLOCKS) for limit in room], axis=1)
    cold = timed(volume, origins, side)
    passes = [timed(volume, origins, side)]
    while len(passes) < WARM_PASSES and sum(seconds for _, seconds in passes) < WARM_SECONDS:
        passes.append(timed(volume, origins, side))
    size, seconds = passes[-1]
    return {"blocks": BLOCKS, "bytes": size, "cold_seconds": cold[1], "warm_seconds": seconds}


def timed(volume: voxelflight.Volume, origins: Any, side: tuple[int, ...]) -> tuple[int, float]:
    """Stream blocks; return their bytes and the seconds it took."""
    start = time.perf_counter()
    size = 0
    with volume.blocks(origins, shape=side) as blocks:
        for block in blocks:
            size += block.array.nbytes  # a view of the bytes that Arrow received
    return size, time.perf_counter() - start


def ask(client: voxelflight.Client, title: str, sql: str) -> dict[str, Any]:
    """Run a query and time it."""
    start = time.perf_counter()
    table = client.sql(sql)
    seconds = time.perf_counter() - start
    rows = [[shown(value) for value in row.values()] for row in table.to_pylist()]
    return {"title": title, "sql": sql, "columns": table.column_names, "rows": rows, "seconds": seconds}


def shown(value: Any) -> Any:
    """Return a value as a table for people shows it: numbers with four digits, lists with `x` between them."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.4g}")
    if isinstance(value, list):
        return " x ".join(f"{part:.10g}" if isinstance(part, float) else str(part) for part in value)
    return value if isinstance(value, int | str) or value is None else str(value)


def draw(client: voxelflight.Client, task: dict[str, Any], volume: voxelflight.Volume, contrast: dict[str, Any]) -> str:
    """Draw the orthogonal slices and the blocks of highest contrast; return where."""
    columns = [contrast["columns"].index(name) for name in ("z", "y", "x", "stddev")]
    found = [tuple(row[column] for column in columns) for row in contrast["rows"]]
    places = [tuple(int(number) for number in row[:3]) for row in found]
    side = tuple(task["block"])
    picture = Picture(task, volume, places, side)
    picture.heading()
    picture.slices()
    if task.get("tissue"):
        picture.tissue(*(client[name] for name in task["tissue"]))
    with volume.blocks(places, shape=side) as blocks:
        picture.blocks([(np.array(block.inside), row[3]) for block, row in zip(blocks, found, strict=True)])
    picture.caption(contrast["sql"])
    target = Path(task["picture"])
    picture.crop().save(target)
    return str(target)


class Plane:
    """A slice through a volume at the level that suits the picture."""

    def __init__(self, volume: voxelflight.Volume, axis: int, flip: bool) -> None:
        full = volume.shape[-3:]
        level = next((it.level for it in volume.levels if max(it.extent[2:]) <= 1024), volume.levels[-1].level)
        self.level = level
        self.volume = volume.level(level)
        self.axis = axis
        self.flip = flip
        self.place = full[axis] // 2
        self.rows, self.columns = (other for other in range(3) if other != axis)
        size = volume.voxel_size or (1.0, 1.0, 1.0)
        self.height = full[self.rows] * size[self.rows]
        self.width = full[self.columns] * size[self.columns]
        self.full = full

    def read(self, volume: voxelflight.Volume | None = None) -> Any:
        """Return the voxels, the first row on top; of another volume of the same shape if asked."""
        source = self.volume if volume is None else volume.level(self.level)
        shape = source.shape[-3:]
        at = min(shape[self.axis] - 1, self.place * shape[self.axis] // self.full[self.axis])
        index: list[Any] = [0] * (source.ndim - 3) + [slice(None)] * 3
        index[source.ndim - 3 + self.axis] = at
        array = np.asarray(source[tuple(index)])
        return array[::-1] if self.flip else array

    def outline(self, origin: tuple[int, ...], side: tuple[int, ...]) -> tuple[float, float, float, float] | None:
        """Return left, top, right and bottom of a block in shares of the slice; None if the slice misses it."""
        if not origin[self.axis] <= self.place < origin[self.axis] + side[self.axis]:
            return None
        first = [origin[axis] / self.full[axis] for axis in (self.columns, self.rows)]
        last = [min(1.0, (origin[axis] + side[axis]) / self.full[axis]) for axis in (self.columns, self.rows)]
        top, bottom = (1 - last[1], 1 - first[1]) if self.flip else (first[1], last[1])
        return first[0], top, last[0], bottom


class Picture:
    """The picture, drawn from top to bottom."""

    def __init__(
        self,
        task: dict[str, Any],
        volume: voxelflight.Volume,
        places: list[tuple[int, ...]],
        side: tuple[int, ...],
    ) -> None:
        self.task = task
        self.volume = volume
        self.places = places
        self.side = side
        self.image = Image.new("RGB", (WIDTH, 4000), BACKGROUND)
        self.pen = ImageDraw.Draw(self.image)
        self.top = MARGIN
        self.planes = [Plane(volume, axis, task["flip"]) for axis in range(3)]
        self.voxels = [plane.read() for plane in self.planes]
        self.labels = task["kind"] == "labels"
        self.range = span(np.concatenate([array.ravel() for array in self.voxels]))
        # the widest of three slices side by side, none taller than a third of the picture's width
        room = WIDTH - 2 * MARGIN - 2 * GAP
        self.scale = min(
            room / sum(plane.width for plane in self.planes), WIDTH / 3 / max(plane.height for plane in self.planes)
        )

    def heading(self) -> None:
        """Say what this is."""
        self.text(MARGIN, self.task["title"], 36)
        self.top += 52
        size = self.volume.voxel_size
        shape = " x ".join(str(length) for length in self.volume.shape)
        unit = f" of {' x '.join(length(edge) for edge in size)}" if size else ""
        self.text(MARGIN, f"{shape} voxels{unit}, {self.volume.dtype}, streamed as Arrow tensors", 20, MUTED)
        self.top += 50

    def slices(self) -> None:
        """Draw the three slices, with the outlines of the blocks that they meet."""
        self.row(
            "Three slices, and where they meet the blocks of highest contrast", [self.grey(it) for it in self.voxels]
        )

    def tissue(self, grey: voxelflight.Volume, white: voxelflight.Volume) -> None:
        """Draw the slices once more, tinted by two tissue maps."""
        images = []
        for plane, voxels in zip(self.planes, self.voxels, strict=True):
            base = np.repeat(scaled(voxels, self.range)[..., None], 3, axis=2)
            for other, colour in ((grey, GREY_MATTER), (white, WHITE_MATTER)):
                share = plane.read(other)[..., None].astype(np.float32) / 255 * 0.65
                base = base * (1 - share) + np.array(colour, np.float32) * share
            images.append(Image.fromarray(base.astype(np.uint8)))
        legend = [("grey matter", GREY_MATTER), ("white matter", WHITE_MATTER)]
        self.row("The same slices, coloured by two more datasets of the same shape:", images, legend, outlines=False)

    def row(
        self,
        title: str,
        images: list[Image.Image],
        legend: list[tuple[str, tuple[int, int, int]]] | None = None,
        outlines: bool = True,
    ) -> None:
        """Draw the three planes beside one another."""
        self.text(MARGIN, title, 22)
        left = MARGIN + int(self.pen.textlength(title, font=font(22))) + 20
        for name, colour in legend or []:
            self.pen.rectangle((left, self.top + 6, left + 18, self.top + 24), fill=colour)
            self.text(left + 26, name, 22)
            left += 26 + int(self.pen.textlength(name, font=font(22))) + 24
        self.top += 42
        left = MARGIN
        tallest = 0
        for plane, image in zip(self.planes, images, strict=True):
            width, height = max(1, round(plane.width * self.scale)), max(1, round(plane.height * self.scale))
            self.image.paste(image.resize((width, height), self.filter()), (left, self.top))
            for place, colour in reversed(list(zip(self.places, COLOURS, strict=False))) if outlines else []:
                box = plane.outline(place, self.side)
                if box:
                    edges = (left + box[0] * width, self.top + box[1] * height)
                    self.pen.rectangle(
                        (*edges, left + box[2] * width - 1, self.top + box[3] * height - 1), outline=colour, width=3
                    )
            name = self.task["planes"][plane.axis]
            self.text(left, f"{name}, {'zyx'[plane.axis]} = {plane.place}", 18, MUTED, height + 6)
            left += width + GAP
            tallest = max(tallest, height)
        self.top += tallest + 56

    def blocks(self, blocks: list[tuple[Any, float]]) -> None:
        """Draw of each block the slice with the highest contrast."""
        self.text(MARGIN, f"The {len(blocks)} blocks of highest contrast, found by SQL", 22)
        self.top += 42
        edge = (WIDTH - 2 * MARGIN - (len(COLOURS) - 1) * GAP) // len(COLOURS)
        left = MARGIN
        tallest = 0
        size = self.volume.voxel_size or (1.0, 1.0, 1.0)
        for (voxels, stddev), place, colour in zip(blocks, self.places, COLOURS, strict=False):
            best = int(np.argmax([float(np.std(plane)) for plane in voxels]))
            plane = voxels[best]
            image = self.grey(plane[::-1] if self.task["flip"] else plane)
            extent = (plane.shape[1] * size[2], plane.shape[0] * size[1])
            scale = edge / max(self.side[2] * size[2], self.side[1] * size[1])
            width, height = (max(1, round(length * scale)) for length in extent)
            self.image.paste(image.resize((width, height), self.filter()), (left, self.top))
            self.pen.rectangle((left, self.top, left + width - 1, self.top + height - 1), outline=colour, width=4)
            tallest = max(tallest, height)
            self.text(left, "z {} y {} x {}".format(*place), 17, TEXT, height + 6)
            self.text(left, f"stddev {stddev:g}, slice z {place[0] + best}", 17, MUTED, height + 28)
            left += edge + GAP
        self.top += tallest + 66

    def caption(self, sql: str) -> None:
        """Write the query under the blocks that it found."""
        self.text(MARGIN, " ".join(sql.split()), 16, MUTED)
        self.top += 24 + MARGIN

    def crop(self) -> Image.Image:
        """Return the part that is drawn on."""
        return self.image.crop((0, 0, WIDTH, min(self.top, self.image.height)))

    def grey(self, voxels: Any) -> Image.Image:
        """Return voxels as an image: intensities in grey, every label in a colour of its own."""
        if self.labels:
            mixed = voxels.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            colours = np.stack([(mixed >> np.uint64(shift)) & np.uint64(0xFF) for shift in (56, 48, 40)], axis=-1)
            return Image.fromarray(np.where(voxels[..., None] == 0, 0, 64 + colours * 3 // 4).astype(np.uint8))
        return Image.fromarray(scaled(voxels, self.range).astype(np.uint8))

    def filter(self) -> Image.Resampling:
        """Labels must not be blended."""
        return Image.Resampling.NEAREST if self.labels else Image.Resampling.LANCZOS

    def text(self, left: int, text: str, size: int, colour: tuple[int, int, int] = TEXT, below: int = 0) -> None:
        """Write one line at the pen's height."""
        self.pen.text((left, self.top + below), text, fill=colour, font=font(size))


def font(size: int) -> Any:
    """Return the font that comes with Pillow."""
    return ImageFont.load_default(size)


def span(voxels: Any) -> tuple[float, float]:
    """Return the values that become black and white: a few outliers must not darken everything else."""
    finite = voxels[np.isfinite(voxels)] if voxels.dtype.kind == "f" else voxels
    if finite.size == 0:
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(finite, (0.5, 99.7)))
    return (low, high) if high > low else (low, low + 1)


def scaled(voxels: Any, limits: tuple[float, float]) -> Any:
    """Return voxels as floats from 0 to 255."""
    low, high = limits
    return np.clip((np.nan_to_num(voxels.astype(np.float32)) - low) * (255 / (high - low)), 0, 255)


def length(nanometres: float) -> str:
    """Return a length with the unit that suits it."""
    power = max(0, min(2, int(math.log10(nanometres) // 3))) if nanometres > 0 else 0
    return f"{nanometres / 1000**power:.4g} {('nm', 'µm', 'mm')[power]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
