"""`python -m sandbox`: the invented city and the bureaus that serve it.

A command is a module with `add_arguments(parser)` and `run(options) -> int`.
"""

import argparse
import importlib
import sys

from sandbox.bureaus.errors import SandboxError

COMMANDS = {
    "bureau": ("sandbox.bureaus.command", "run one bureau server"),
    "city": ("sandbox.city.command", "make the invented city's rolls"),
}


def main(arguments: list[str]) -> int:
    """Run one command. Exit codes: its own, or 1 when it failed, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    chosen = parser.parse_args(arguments[:1])
    module_name, summary = COMMANDS[chosen.command]
    module = importlib.import_module(module_name)
    own = argparse.ArgumentParser(prog=f"sandbox {chosen.command}", description=summary)
    module.add_arguments(own)
    try:
        return int(module.run(own.parse_args(arguments[1:])))
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
