"""Joins JMH's results with those of numcodecs into a Markdown table."""

import json
import pathlib
import sys


def main(jmh: pathlib.Path, peers: pathlib.Path, out: pathlib.Path) -> None:
    theirs = json.loads(peers.read_text())
    lines = [
        "| codec | voxels | stored smaller by | ours, MB/s | numcodecs, MB/s | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for result in json.loads(jmh.read_text()):
        name = result["params"]["chunk"]
        peer = theirs[name]
        codec, dtype = name.rsplit(".", 1)
        megabytes = 128**3 * {"uint8": 1, "uint16": 2, "float32": 4}[dtype] / 1e6
        ours = megabytes * result["primaryMetric"]["score"]
        lines.append(
            f"| {codec} | {dtype} | {peer['ratio']:.2f} | {ours:.0f} | {peer['mb_s']:.0f} | {ours / peer['mb_s']:.2f} |"
        )
    text = "\n".join(lines) + "\n"
    out.write_text(text)
    print(text)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
