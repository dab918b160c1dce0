#!/usr/bin/env bash
# How fast does SQL over chunks answer, beside PostgreSQL asked directly: a scan of a million rows, look-ups of one chunk,
# boxes, and how that changes with the number of chunks. Prints a Markdown table and writes it to benchmarks/target/sql.md.
# ROWS ("2000000 20000000": how many chunks, growing; 100 million take 25 GB and half an hour), ROUNDS (5) and SCRATCH (a
# folder) may be set. The database is an embedded one of its own and is deleted at the end. Takes about ten minutes, on a
# machine that does nothing else.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/benchmarks/sql
target=$root/benchmarks/target
mkdir -p "$target"
# shellcheck source=../../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"
require_jdk
require_python_venv
"$root/mvnw" --quiet -DskipTests -Dspotless.check.skip -Djacoco.skip -pl benchmarks -am compile \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$target/classpath" >&2
if [ ! -x "$target/sql-venv/bin/python" ]; then
  python3 -m venv "$target/sql-venv"
fi
"$target/sql-venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/sql.XXXXXX")
database=
trap '"$root/voxelflight" down --home "$scratch/home" >/dev/null 2>&1 || true
      database=$(cat "$scratch/database" 2>/dev/null || true)
      rm -rf "$scratch" ${database:+"$database"}' EXIT
# shellcheck disable=SC2086
"$target/sql-venv/bin/python" "$here/compare.py" "$root/voxelflight" "$scratch" "$target/sql.md" "${ROUNDS:-5}" \
  "${ROWS:-2000000 20000000}" -- "$JAVA_HOME/bin/java" -cp "$target/classes:$(cat "$target/classpath")"
