#!/usr/bin/env bash
# How fast do warm blocks reach pyarrow from our server, beside its peers and a plain socket? Prints a Markdown table and
# writes it to benchmarks/target/flight-stream.md. ROUNDS (5) and GIGABYTES (8) a figure may be set. Takes about twelve
# minutes, on a machine that does nothing else.
set -euo pipefail
# shellcheck source=../setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
require_classes
require_python

exec "$python" "$root/benchmarks/flight-stream/compare.py" \
  "${ROUNDS:-5}" "${GIGABYTES:-8}" "$target/flight-stream.md" \
  "$JAVA_HOME/bin/java" --add-opens=java.base/java.nio=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
  -Xmx512m -XX:MaxDirectMemorySize=2g -cp "$classpath"
