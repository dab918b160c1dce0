#!/usr/bin/env bash
# How fast is a volume ingested, beside a tuned TensorStore script, and in how much memory? Prints a Markdown table and
# writes it to benchmarks/target/ingest.md. SIDE (2048 voxels: 8.6 GB), ROUNDS (3) and SCRATCH (a folder with room for
# the source and two results; default: a temporary one) may be set. Takes about ten minutes, on a machine that does
# nothing else. VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_sample
require_python

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/ingest.XXXXXX")
trap '"$root/voxelflight" down --home "$scratch/home" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
source_file=$scratch/source.h5
"$python" "$here/make_source.py" "$sample" "${SIDE:-2048}" "$source_file"
"$python" "$here/compare.py" "$root/voxelflight" "$source_file" "$scratch" \
  --rounds "${ROUNDS:-3}" --table "$target/ingest.md"
