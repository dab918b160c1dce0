#!/usr/bin/env bash
# What does access control cost? Streams of cached blocks and small calls, to servers with `--auth off` and with
# `--auth required`, by key and by token, in turns. A second server with `--auth off` shows how far two processes differ by
# themselves. Prints a Markdown table and writes it to benchmarks/target/access.md. STARTS (4) of all servers and ROUNDS (5) of
# each start may be set. Takes about eight minutes, on a machine that does nothing else.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_jdk
require_python

exec "$python" "$here/compare.py" "${LAUNCHER:-$root/voxelflight}" "$target/access" \
  --starts "${STARTS:-4}" --rounds "${ROUNDS:-5}" --table "$target/access.md" "$@"
