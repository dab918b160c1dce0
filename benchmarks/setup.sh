# Sourced by the benchmarks' run.sh, after set -euo pipefail: names $root, $here (the benchmark) and $target (what is made).

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/benchmarks/target
mkdir -p "$target"
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
