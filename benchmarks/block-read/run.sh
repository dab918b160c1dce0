#!/usr/bin/env bash
# How fast do random blocks of a stored volume arrive, beside TensorStore, zarr-python and zarrs that read it themselves, from
# the local file and over HTTP from nginx on this machine? Prints Markdown tables and writes them to
# benchmarks/target/block-read.md. SIDE (1024 voxels, a multiple of 512), BLOCKS (512 a pass), ROUNDS (3) and SCRATCH (a
# folder with room for five volumes; default: a temporary one) may be set, and VOLUMES, to read fewer: `zstd`, by which
# servers are warmed up, has to be among them. Takes about fifteen minutes, on a machine that
# does nothing else. VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_sample
require_classes
require_python

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/block-read.XXXXXX")
chmod 755 "$scratch"
trap 'stop_nginx "$scratch"; rm -rf "$scratch"' EXIT
side=${SIDE:-1024}
"$python" "$here/make_volumes.py" "$sample" "$side" "$scratch/volumes" \
  ${VOLUMES:-raw zstd blosc zstd-sharded blosc-sharded}
start_nginx "$scratch/volumes" "$scratch"

"$python" "$here/compare.py" "$scratch/volumes" "http://127.0.0.1:$nginx_port" "$side" \
  --blocks "${BLOCKS:-512}" --rounds "${ROUNDS:-3}" --table "$target/block-read.md" -- \
  "$JAVA_HOME/bin/java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
  -Xmx512m -XX:MaxDirectMemorySize=6g -cp "$classpath"
