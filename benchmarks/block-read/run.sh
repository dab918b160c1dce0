#!/usr/bin/env bash
# How fast do random blocks of a stored volume arrive, beside TensorStore, zarr-python and zarrs that read it themselves, from
# the local file and over HTTP from nginx on this machine? Prints Markdown tables and writes them to
# benchmarks/target/block-read.md. SIDE (1024 voxels, a multiple of 512), BLOCKS (512 a pass), ROUNDS (3) and SCRATCH (a
# folder with room for five volumes; default: a temporary one) may be set. Takes about fifteen minutes, on a machine that
# does nothing else. VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_sample
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || install_or_tell nginx nginx-light
require_classes
require_python

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/block-read.XXXXXX")
chmod 755 "$scratch"
trap '[ ! -f "$scratch/nginx.pid" ] || kill "$(cat "$scratch/nginx.pid")" 2>/dev/null || true; rm -rf "$scratch"' EXIT
side=${SIDE:-1024}
"$python" "$here/make_volumes.py" "$sample" "$side" "$scratch/volumes" \
  ${VOLUMES:-raw zstd blosc zstd-sharded blosc-sharded}
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$scratch/nginx.conf" <<CONF
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
worker_processes 2;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  keepalive_requests 1000000;
  client_body_temp_path $scratch/t1; proxy_temp_path $scratch/t2; fastcgi_temp_path $scratch/t3;
  uwsgi_temp_path $scratch/t4; scgi_temp_path $scratch/t5;
  server { listen 127.0.0.1:$port; root $scratch/volumes; }
}
CONF
nginx -c "$scratch/nginx.conf"

"$python" "$here/compare.py" "$scratch/volumes" "http://127.0.0.1:$port" "$side" \
  --blocks "${BLOCKS:-512}" --rounds "${ROUNDS:-3}" --table "$target/block-read.md" -- \
  "$JAVA_HOME/bin/java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
  -Xmx512m -XX:MaxDirectMemorySize=6g -cp "$classpath"
