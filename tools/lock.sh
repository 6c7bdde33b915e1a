#!/bin/sh
# Renews the locks. --no-emit-index-url keeps host names out of them.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
flags="--generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 -q"
$uv pip compile $flags pyproject.toml -o requirements/run.txt
$uv pip compile $flags --extra demo --extra dev pyproject.toml -o requirements/dev.txt
$uv pip compile $flags --extra demo --extra dev --extra bench pyproject.toml -o requirements/bench.txt
printf 'uv\n' | $uv pip compile $flags - -o requirements/uv.txt
