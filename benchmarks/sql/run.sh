#!/usr/bin/env bash
# How fast does SQL over chunks answer, beside PostgreSQL asked directly: a scan of a million rows, look-ups of one chunk,
# boxes, and how that changes with the number of chunks. Prints a Markdown table and writes it to benchmarks/target/sql.md.
# ROWS ("2000000 20000000": how many chunks, growing; 100 million take 25 GB and half an hour), ROUNDS (5) and SCRATCH (a
# folder) may be set. The database is an embedded one of its own and is deleted at the end. Takes about ten minutes, on a
# machine that does nothing else.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_classes
require_python

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/sql.XXXXXX")
database=
trap '"$root/voxelflight" down --home "$scratch/home" >/dev/null 2>&1 || true
      database=$(cat "$scratch/database" 2>/dev/null || true)
      rm -rf "$scratch" ${database:+"$database"}' EXIT
# shellcheck disable=SC2086
"$python" "$here/compare.py" "$root/voxelflight" "$scratch" "$target/sql.md" "${ROUNDS:-5}" \
  "${ROWS:-2000000 20000000}" -- "$JAVA_HOME/bin/java" -cp "$classpath"
