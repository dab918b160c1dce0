#!/usr/bin/env bash
# Does one greedy client hold up another, and do limits hold? A real server with keys: 64 streams of unaligned blocks from one,
# 20 blocks/s by the other, beside what the other has alone; then a key with bounds of requests and of bytes that takes all it
# can for 30 s. Prints Markdown tables and writes them to benchmarks/target/fairness.md. ROUNDS (3) and SECONDS_EACH (10) may be
# set, and LAUNCHER (another build to compare with; without limits, if it has none). Takes about three minutes, on a machine
# that does nothing else.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_jdk
require_python

exec "$python" "$here/compare.py" "${LAUNCHER:-$root/voxelflight}" "$target/fairness" \
  --rounds "${ROUNDS:-3}" --seconds "${SECONDS_EACH:-10}" --table "$target/fairness.md" "$@"
