#!/usr/bin/env bash
# How fast is each codec undone (JMH, one thread), beside numcodecs, which calls the C libraries, on the same chunks of 128^3
# voxels? Prints a Markdown table and writes it to benchmarks/target/codecs.md. CHUNKS may name some of them, such as
# CHUNKS=zstd.uint8,blosc-lz4-shuffle.uint16. Takes about ten minutes, on a machine that does nothing else.
# VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_sample
require_classes
require_python

scratch=$(mktemp -d "${TMPDIR:-/tmp}/codecs.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
"$python" "$here/prepare.py" "$sample" "$scratch"
chunks=${CHUNKS:-$(cd "$scratch" && ls -- *.bin | sed 's/\.bin$//' | paste -sd, -)}
"$JAVA_HOME/bin/java" -cp "$classpath" org.openjdk.jmh.Main CodecDecode \
  -p "chunk=$chunks" -jvmArgs "-Dchunks=$scratch --add-opens=java.base/java.nio=ALL-UNNAMED" \
  -rf json -rff "$scratch/jmh.json" >&2
"$python" "$here/table.py" "$scratch/jmh.json" "$scratch/peers.json" "$target/codecs.md"
