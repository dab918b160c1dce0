#!/usr/bin/env bash
# How fast is a volume ingested, beside a tuned TensorStore script, and in how much memory? Prints a Markdown table and
# writes it to benchmarks/target/ingest.md. SIDE (2048 voxels: 8.6 GB), ROUNDS (3) and SCRATCH (a folder with room for
# the source and two results; default: a temporary one) may be set. Takes about ten minutes, on a machine that does
# nothing else. VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/benchmarks/ingest
target=$root/benchmarks/target
sample=${VOXELFLIGHT_DATA:-$root/../shared/data}/fib25/validation_A.h5
[ -f "$sample" ] || { echo "benchmarks/ingest: $sample is not there, set VOXELFLIGHT_DATA to the folder of sample data" >&2; exit 1; }
mkdir -p "$target"
# shellcheck source=../../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"
require_python_venv
if [ ! -x "$target/ingest-venv/bin/python" ]; then
  python3 -m venv "$target/ingest-venv"
fi
"$target/ingest-venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/ingest.XXXXXX")
trap '"$root/voxelflight" down --home "$scratch/home" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
source_file=$scratch/source.h5
"$target/ingest-venv/bin/python" "$here/make_source.py" "$sample" "${SIDE:-2048}" "$source_file"
"$target/ingest-venv/bin/python" "$here/compare.py" "$root/voxelflight" "$source_file" "$scratch" \
  --rounds "${ROUNDS:-3}" --table "$target/ingest.md"
