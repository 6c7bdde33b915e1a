#!/bin/sh
# The small wheel of cwg-seal for a bureau's own computer, into build/seal. `windows` also fills a folder
# with it and its dependencies for 64-bit Windows, from ready-made wheels only: none is compiled there.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/gateway" build/seal
for part in __init__.py seal.py specs.py exchange evidence model sheets; do
    [ -e "gateway/$part" ] && cp -R "gateway/$part" "$work/gateway/"
done
touch "$work/gateway/__init__.py"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
needs='"cryptography>=50", "joserfc>=1.8", "lxml>=6.1", "orjson>=3.13", "pydantic>=2.14", "python-calamine>=0.4", "pyyaml>=6.0"'
cat > "$work/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools>=69"]
build-backend = "setuptools.build_meta"

[project]
name = "cwg-seal"
version = "$version"
description = "Seals and opens the files of a child-welfare gateway on a bureau's own computer (密封与开启)"
requires-python = ">=3.11"
dependencies = [$needs]

[project.scripts]
cwg-seal = "gateway.seal:main"

[tool.setuptools.packages.find]
include = ["gateway*"]
TOML
uv=${UV:-.venv/bin/uv}
$uv build -q --wheel --no-build-isolation --python .venv/bin/python -o build/seal "$work"
ls build/seal/*.whl
[ "${1:-}" = windows ] || exit 0
rm -rf build/seal/windows
$uv pip install -q --target build/seal/windows --python-platform x86_64-pc-windows-msvc \
    --python-version 3.11 --only-binary :all: build/seal/cwg_seal-*.whl
ls build/seal/windows
