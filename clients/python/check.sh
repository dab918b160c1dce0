#!/usr/bin/env bash
# Checks the Python side: formatting, lint, types and tests, in a virtual environment under target/ that is made once and
# again when its requirements change. `./mvnw verify` runs it after the server is built; arguments go to pytest.
#
#   clients/python/check.sh                        everything
#   clients/python/check.sh tests/client -x        some tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=../../.mvn/prerequisites.sh
source ../../.mvn/prerequisites.sh
require_python_venv

venv=$PWD/target/venv
made=$(cat pyproject.toml tests/requirements-no-deps.txt <(python3 -VV) | cksum)
if [ "$(cat "$venv/made" 2>/dev/null)" != "$made" ]; then
  echo "making a virtual environment for the Python tests in $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  pip=("$venv/bin/pip" --quiet --disable-pip-version-check)
  "${pip[@]}" install --editable '.[test]' && "${pip[@]}" install --no-deps -r tests/requirements-no-deps.txt \
    || fail "the packages of the Python tests could not be installed: is there a network?"
  echo "$made" >"$venv/made"
fi

export RUFF_CACHE_DIR=$PWD/target/ruff MYPY_CACHE_DIR=$PWD/target/mypy PYTHONDONTWRITEBYTECODE=1
if [ $# = 0 ]; then
  "$venv/bin/ruff" format --check --quiet . ../python-examples || fail "format the Python code: $venv/bin/ruff format . ../python-examples"
  "$venv/bin/ruff" check --quiet . ../python-examples
  "$venv/bin/mypy"
fi
# the server that this build has made, not one that the launcher would build again in the midst of tests
export VOXELFLIGHT_PREBUILT=1
exec "$venv/bin/pytest" -o cache_dir=target/pytest --junitxml=target/pytest-reports/TEST-pytest.xml "$@"
