#!/bin/sh
# Sets up .venv from the hashed lock. Needs python3 >= 3.11; installs Debian packages when run as root.
# With the word `browser` it also sees to Chromium, a Chinese font and SoftHSM, for the tests.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv/.stamp
want=$(cat requirements/uv.txt requirements/dev.txt pyproject.toml | sha256sum | cut -c1-64)

say() { printf '%s\n' "$*" >&2; }
debian() {
    if [ "$(id -u)" = 0 ]; then run=""; elif command -v sudo >/dev/null 2>&1; then run="sudo"; else
        say "setup: please install with apt: $*"; exit 1; fi
    say "setup: apt-get install $*"
    $run apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq "$@" >/dev/null
}

if [ "${1:-}" = browser ] && ! command -v chromium >/dev/null 2>&1; then
    debian chromium fonts-noto-cjk
fi
if [ "${1:-}" = browser ] && ! command -v softhsm2-util >/dev/null 2>&1; then
    debian softhsm2
fi
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && exit 0

command -v python3 >/dev/null 2>&1 || debian python3
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "setup: python3 is older than 3.11"; exit 1; }
need=""
python3 -c 'import ensurepip, venv' 2>/dev/null || need="$need python3-venv"
command -v openssl >/dev/null 2>&1 || need="$need openssl"
[ -f /usr/share/zoneinfo/Asia/Shanghai ] || need="$need tzdata"
# shellcheck disable=SC2086
[ -z "$need" ] || debian $need

[ -x .venv/bin/python ] || python3 -m venv .venv
say "setup: installing the locked packages into .venv"
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip sync -q --compile-bytecode --require-hashes requirements/dev.txt requirements/uv.txt
VIRTUAL_ENV="$PWD/.venv" .venv/bin/uv pip install -q --no-deps --no-build-isolation --offline -e .
printf '%s' "$want" > "$stamp"
