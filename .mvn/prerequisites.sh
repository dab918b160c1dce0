# Sourced by mvnw and voxelflight: finds the tools a build needs, or installs them where that is ours to do.

fail() { echo "$(basename "$0"): $*" >&2; exit 1; }

# install_or_tell WHAT PACKAGE...: apt as root on Debian and Ubuntu, else the one command to run.
install_or_tell() {
  local what=$1; shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "$(basename "$0"): $what is missing, installing $* with apt" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 \
      || fail "$what could not be installed: run 'apt-get install $*' and look at its output"
  elif command -v apt-get >/dev/null; then
    fail "$what is missing, run: sudo apt-get install -y $*"
  elif command -v brew >/dev/null; then
    fail "$what is missing, run: brew install ${*//-jdk-headless/}"
  else
    fail "$what is missing, install it with your package manager ($* on Debian)"
  fi
}

# java_major JAVA: the major version, from the JDK's own note where there is one: starting Java takes 50 ms and more.
java_major() {
  local note
  note=$(dirname "$(dirname "$1")")/release
  if [ -f "$note" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$note"
  else
    "$1" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
  fi
}

# Sets JAVA_HOME to a JDK of 17 or newer: the one that JAVA_HOME names, else the one on PATH, else the newest installed.
require_jdk() {
  local home candidate
  for candidate in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac 2>/dev/null || echo /none/bin/javac)")")")" \
      $(ls -d /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home 2>/dev/null | sort -rV); do
    if [ -n "$candidate" ] && [ -x "$candidate/bin/javac" ] && [ "$(java_major "$candidate/bin/java")" -ge 17 ] 2>/dev/null; then
      home=$candidate
      break
    fi
  done
  if [ -z "${home:-}" ]; then
    install_or_tell "a JDK of 17 or newer" openjdk-17-jdk-headless
    home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
  fi
  export JAVA_HOME=$home
}

require_maven() { command -v mvn >/dev/null || install_or_tell Maven maven; }

# A Python of 3.10 or newer that can make virtual environments with pip in them.
require_python_venv() {
  command -v python3 >/dev/null || install_or_tell "Python 3" python3 python3-venv
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
    || fail "python3 is $(python3 -V 2>&1), 3.10 or newer is needed: put a newer python3 first on PATH"
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_or_tell "Python's venv module" python3-venv
}
