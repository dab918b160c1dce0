#!/usr/bin/env bash
# How fast do warm blocks reach pyarrow from our server, beside its peers and a plain socket? Prints a Markdown table and
# writes it to benchmarks/target/flight-stream.md. ROUNDS (5) and GIGABYTES (2) a figure may be set. Takes about twelve
# minutes, on a machine that does nothing else.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$root/benchmarks/target
mkdir -p "$target"
# shellcheck source=../../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"
require_jdk
require_python_venv

"$root/mvnw" --quiet -DskipTests -Dspotless.check.skip -Djacoco.skip -pl benchmarks -am compile \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$target/classpath" >&2
if [ ! -x "$target/venv/bin/python" ]; then
  python3 -m venv "$target/venv"
fi
"$target/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow numpy >&2

exec "$target/venv/bin/python" "$root/benchmarks/flight-stream/compare.py" \
  "${ROUNDS:-5}" "${GIGABYTES:-2}" "$target/flight-stream.md" \
  "$JAVA_HOME/bin/java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
  -Xmx512m -XX:MaxDirectMemorySize=2g -cp "$target/classes:$(cat "$target/classpath")"
