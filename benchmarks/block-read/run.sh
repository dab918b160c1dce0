#!/usr/bin/env bash
# How fast do random blocks of a stored volume arrive, beside TensorStore, zarr-python and zarrs that read it themselves, from
# the local file and over HTTP from nginx on this machine? Prints Markdown tables and writes them to
# benchmarks/target/block-read.md. SIDE (1024 voxels, a multiple of 512), BLOCKS (512 a pass), ROUNDS (3) and SCRATCH (a
# folder with room for five volumes; default: a temporary one) may be set. Takes about fifteen minutes, on a machine that
# does nothing else. VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/benchmarks/block-read
target=$root/benchmarks/target
sample=${VOXELFLIGHT_DATA:-$root/../shared/data}/fib25/validation_A.h5
[ -f "$sample" ] || { echo "benchmarks/block-read: $sample is not there, set VOXELFLIGHT_DATA to the folder of sample data" >&2; exit 1; }
mkdir -p "$target"
# shellcheck source=../../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"
require_jdk
require_python_venv
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || install_or_tell nginx nginx-light

"$root/mvnw" --quiet -DskipTests -Dspotless.check.skip -Djacoco.skip -pl benchmarks -am compile \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$target/classpath" >&2
if [ ! -x "$target/block-read-venv/bin/python" ]; then
  python3 -m venv "$target/block-read-venv"
fi
"$target/block-read-venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2

scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/block-read.XXXXXX")
chmod 755 "$scratch"
trap '[ ! -f "$scratch/nginx.pid" ] || kill "$(cat "$scratch/nginx.pid")" 2>/dev/null || true; rm -rf "$scratch"' EXIT
side=${SIDE:-1024}
"$target/block-read-venv/bin/python" "$here/make_volumes.py" "$sample" "$side" "$scratch/volumes" \
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

"$target/block-read-venv/bin/python" "$here/compare.py" "$scratch/volumes" "http://127.0.0.1:$port" "$side" \
  --blocks "${BLOCKS:-512}" --rounds "${ROUNDS:-3}" --table "$target/block-read.md" -- \
  "$JAVA_HOME/bin/java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
  -Xmx512m -XX:MaxDirectMemorySize=6g -cp "$target/classes:$(cat "$target/classpath")"
