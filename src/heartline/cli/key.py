"""`heartline key`."""

from __future__ import annotations

import secrets
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import click

from heartline.cli.console import json_option, opened, print_json, print_rows, workspace_option
from heartline.errors import AccessError
from heartline.live.hook_tools import TOOLS, Tool, check_secret
from heartline.live.signature import STANDARD
from heartline.records import keys, webhooks


@click.group()
def key() -> None:
    """Keys and webhooks with which other programs send events and rows to `heartline serve`."""


@key.command()
@click.argument("name")
@click.option("--write", is_flag=True, help="A key that may send; it can read nothing.")
@click.option(
    "--webhook", "tool", type=click.Choice(list(TOOLS)), metavar="TOOL", help=f"A webhook of {', '.join(TOOLS)}."
)
@click.option(
    "--secret",
    metavar="SECRET",
    help="What the webhook signs with; without it, it is read from the input, so that no list of commands holds it. "
    "Blank: one is made.",
)
@click.option("--unsigned", is_flag=True, help="The tool cannot sign: its address holds a key instead.")
@workspace_option
def create(name: str, write: bool, tool: str | None, secret: str | None, unsigned: bool, folder: Path) -> None:
    """Make a key or a webhook called NAME.

    A key is printed this once: only its hash is kept. Of a webhook the address is printed. Its secret must be read to
    check signatures, so it is kept as it is in the records database (of SQLite, a file for its owner only), and never
    printed again.
    """
    if write == (tool is not None):
        raise click.UsageError("say what it may do: --write, or --webhook TOOL")
    if tool is None:
        if secret is not None or unsigned:
            raise click.UsageError("--secret and --unsigned go with --webhook")
        with opened(folder) as workspace:
            made = keys.create(workspace.records, name)
        click.echo(made)
        click.echo("This is the only time that the key is shown. A lost one is revoked and made anew.", err=True)
        return
    if unsigned and secret is not None:
        raise click.UsageError("--unsigned has no --secret")
    given, is_new = ("", False) if unsigned else _secret(TOOLS[tool], secret)
    with opened(folder) as workspace:
        place = webhooks.create(workspace.records, name, tool, given or None)
    click.echo(f"/v1/webhooks/{tool}/{place}")
    if is_new:
        click.echo(given)
    _explain(tool, unsigned, is_new)


def _explain(tool: str, unsigned: bool, is_new: bool) -> None:
    click.echo(f"Give {tool} this address, after that of `heartline serve`.", err=True)
    if unsigned:
        click.echo("It holds a key, and is shown this once: who knows it can send.", err=True)
    if is_new:
        click.echo("Give it the secret as well; this is the only time that it is shown.", err=True)


def _secret(tool: Tool, given: str | None) -> tuple[str, bool]:
    """The secret, and whether it was made just now. AccessError where the tool has to give it and nothing was given."""
    if given is None:
        if sys.stdin.isatty():
            given = click.prompt(f"The secret {tool.secret} (blank: make one)", default="", hide_input=True)
        else:
            given = sys.stdin.readline()
    given = given.strip()
    if given:
        check_secret(tool, given)
        return given, False
    if not tool.own_secret:
        raise AccessError(
            f"{tool.name} signs with a secret of its own, and none was given", f"the secret {tool.secret}",
            "put it at the input of the same command; or --unsigned where this version does not sign",
        )  # fmt: skip
    return STANDARD + b64encode(secrets.token_bytes(32)).decode(), True


@key.command(name="list")
@workspace_option
@json_option
def list_keys(folder: Path, as_json: bool) -> None:
    """List keys and webhooks: name, what each may, when made, when revoked; never a key or a secret.

    Of webhooks also how many deliveries were loaded, and how many were of kinds that are not.
    """
    with opened(folder) as workspace:
        rows: list[dict[str, Any]] = [
            {"name": one.name, "may": "write", "created_at": one.created_at, "revoked_at": one.revoked_at,
             "taken": None, "ignored": None}
            for one in keys.every(workspace.records)
        ]  # fmt: skip
        rows += [
            {"name": one.name, "may": f"webhook {one.tool}{'' if one.key_hash is None else ', unsigned'}",
             "created_at": one.created_at, "revoked_at": one.revoked_at, "taken": one.taken, "ignored": one.ignored}
            for one in webhooks.every(workspace.records)
        ]  # fmt: skip
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(f"There are no keys. Next: heartline key create NAME --write -w {folder}")
    else:
        print_rows(rows, list(rows[0]))


@key.command()
@click.argument("name")
@workspace_option
def revoke(name: str, folder: Path) -> None:
    """Take nothing more with the key or webhook NAME. What it sent before stays; a running server follows within
    seconds."""
    with opened(folder) as workspace:
        if not webhooks.revoke(workspace.records, name):
            keys.revoke(workspace.records, name)
    click.echo(f"Revoked {name}.")
