"""`python -m sandbox <command>`: the sandbox's own commands.

A command is a module with `add_arguments(parser)` and `run(options) -> int`; only the one that
is asked for is imported.
"""

import argparse
import importlib
import sys

from sandbox.bureaus.errors import SandboxError

COMMANDS = {
    "bureau": ("sandbox.bureaus.command", "run one bureau server"),
    "city": ("sandbox.city.command", "live the invented city and write its rolls"),
}


def main() -> int:
    """Run a command; gives its exit code, 1 when it failed, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("command", choices=tuple(COMMANDS))
    chosen = parser.parse_args(sys.argv[1:2]).command
    module_name, summary = COMMANDS[chosen]
    module = importlib.import_module(module_name)
    own = argparse.ArgumentParser(prog=f"python -m sandbox {chosen}", description=summary)
    module.add_arguments(own)
    try:
        return int(module.run(own.parse_args(sys.argv[2:])))
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
