# Sourced by the benchmarks' run.sh, after set -euo pipefail: names $root, $here (the benchmark) and $target (what is made).

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/benchmarks/target
mkdir -p "$target"
export PYTHONPATH=$root/benchmarks PYTHONDONTWRITEBYTECODE=1 # what several of them use
# shellcheck source=../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"

# Names $sample, a real volume; ends where it is absent.
require_sample() {
  sample=${VOXELFLIGHT_DATA:-$root/../shared/data}/fib25/validation_A.h5
  [ -f "$sample" ] || { echo "benchmarks/$(basename "$here"): $sample is not there, set VOXELFLIGHT_DATA to the folder of sample data" >&2; exit 1; }
}

# Compiles the benchmarks; names $classpath.
require_classes() {
  require_jdk
  "$root/mvnw" --quiet -DskipTests -Dspotless.check.skip -Djacoco.skip -pl benchmarks -am compile \
    org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$target/classpath" >&2
  classpath=$target/classes:$(cat "$target/classpath")
}

# Makes the benchmark's virtual environment with its requirements.txt; names $python.
require_python() {
  require_python_venv
  local venv
  venv=$target/$(basename "$here")-venv
  python=$venv/bin/python
  if [ ! -x "$python" ]; then
    python3 -m venv "$venv"
  fi
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
}

# Names $nginx_port and starts nginx there, on this machine alone, with the files of $1 and its own affairs in $2, until this
# script ends: the trap calls stop_nginx "$2".
start_nginx() {
  command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
  command -v nginx >/dev/null || install_or_tell nginx nginx-light
  nginx_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >"$2/nginx.conf" <<CONF
pid $2/nginx.pid;
error_log $2/nginx.log;
worker_processes 2;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  open_file_cache max=10000;
  keepalive_requests 10000000;
  client_body_temp_path $2/t1; proxy_temp_path $2/t2; fastcgi_temp_path $2/t3;
  uwsgi_temp_path $2/t4; scgi_temp_path $2/t5;
  server { listen 127.0.0.1:$nginx_port; root $1; }
}
CONF
  nginx -c "$2/nginx.conf"
}

stop_nginx() {
  [ ! -f "$1/nginx.pid" ] || kill "$(cat "$1/nginx.pid")" 2>/dev/null || true
}
