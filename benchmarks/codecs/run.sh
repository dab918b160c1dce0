#!/usr/bin/env bash
# How fast is each codec undone (JMH, one thread), beside numcodecs, which calls the C libraries, on the same chunks of 128^3
# voxels? Prints a Markdown table and writes it to benchmarks/target/codecs.md. CHUNKS may name some of them, such as
# CHUNKS=zstd.uint8,blosc-lz4-shuffle.uint16. Takes about ten minutes, on a machine that does nothing else.
# VOXELFLIGHT_DATA names the folder of sample data.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/benchmarks/codecs
target=$root/benchmarks/target
sample=${VOXELFLIGHT_DATA:-$root/../shared/data}/fib25/validation_A.h5
[ -f "$sample" ] || { echo "benchmarks/codecs: $sample is not there, set VOXELFLIGHT_DATA to the folder of sample data" >&2; exit 1; }
mkdir -p "$target"
# shellcheck source=../../.mvn/prerequisites.sh
source "$root/.mvn/prerequisites.sh"
require_jdk
require_python_venv
"$root/mvnw" --quiet -DskipTests -Dspotless.check.skip -Djacoco.skip -pl benchmarks -am compile \
  org.apache.maven.plugins:maven-dependency-plugin:build-classpath "-Dmdep.outputFile=$target/classpath" >&2
if [ ! -x "$target/codecs-venv/bin/python" ]; then
  python3 -m venv "$target/codecs-venv"
fi
"$target/codecs-venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2

scratch=$(mktemp -d "${TMPDIR:-/tmp}/codecs.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
"$target/codecs-venv/bin/python" "$here/prepare.py" "$sample" "$scratch"
chunks=${CHUNKS:-$(cd "$scratch" && ls -- *.bin | sed 's/\.bin$//' | paste -sd, -)}
"$JAVA_HOME/bin/java" -cp "$target/classes:$(cat "$target/classpath")" org.openjdk.jmh.Main CodecDecode \
  -p "chunk=$chunks" -jvmArgs "-Dchunks=$scratch --add-opens=java.base/java.nio=ALL-UNNAMED" \
  -rf json -rff "$scratch/jmh.json" >&2
"$target/codecs-venv/bin/python" "$here/table.py" "$scratch/jmh.json" "$scratch/peers.json" "$target/codecs.md"
