"""`python -m sandbox <command>`: the sandbox's own commands."""

import argparse
import sys

from sandbox.city import command as city


def main() -> int:
    """Run a command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True)
    part = commands.add_parser("city", help=city.__doc__)
    city.add_arguments(part)
    part.set_defaults(run=city.run)
    options = parser.parse_args()
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
