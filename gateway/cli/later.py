"""Commands whose modules are imported when they are called, so that a list of them is there at once."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup


class Listed(NamedTuple):
    """A command of the list. `place`: module of gateway.cli and what it is called there, `run:run`."""

    name: str
    place: str
    help: str


class Later(TyperCommand):
    """Stands in a list for a command, or a group of commands, until it is called."""

    def __init__(self, listed: Listed) -> None:
        super().__init__(listed.name, help=listed.help)
        self._listed = listed

    def load(self) -> TyperCommand | TyperGroup:
        """The command itself."""
        module, _, name = self._listed.place.partition(":")
        with _no_garbage_yet():
            found = getattr(import_module(f"gateway.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(self._listed.name)(found)
            return cast(TyperCommand, typer.main.get_command(alone))
        group = typer.main.get_group(found)
        group.name, group.help = self._listed.name, group.help or self._listed.help
        return group

    def make_context(self, *args: Any, **more: Any) -> Any:
        """A context of the command itself: the one place where a command is begun."""
        return self.load().make_context(*args, **more)


@contextmanager
def _no_garbage_yet() -> Iterator[None]:
    """What is imported stays: looking for garbage in it was a quarter of a command's start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def group_of(commands: Sequence[Listed]) -> type[TyperGroup]:
    """A group that begins with these commands, in this order."""

    class Group(TyperGroup):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.commands = {one.name: Later(one) for one in commands} | dict(self.commands)

    return Group
