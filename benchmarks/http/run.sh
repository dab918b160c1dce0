#!/usr/bin/env bash
# How fast do cached blocks arrive over HTTP, beside nginx that has the same bytes as files, and beside Flight? Prints Markdown
# tables and writes them to benchmarks/target/http.md. ROUNDS (5) and SECONDS_EACH (2) a figure may be set. Takes about ten
# minutes, on a machine that does nothing else.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_jdk
require_python

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/http.XXXXXX")
chmod 755 "$scratch"
trap 'stop_nginx "$scratch"; rm -rf "$scratch"' EXIT
mkdir "$scratch/files"
start_nginx "$scratch/files" "$scratch"

"$python" "$here/compare.py" "${LAUNCHER:-$root/voxelflight}" "$scratch" "127.0.0.1:$nginx_port" \
  --rounds "${ROUNDS:-5}" --seconds "${SECONDS_EACH:-2}" --table "$target/http.md" "$@"
