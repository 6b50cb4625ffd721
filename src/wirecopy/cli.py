"""The command `wirecopy`: its verbs, what they are told, and how they end.

Each verb is a few lines here and its doing in `cli_*.py`, imported when the verb runs, so that
`--help` answers at once. Errors of ours become one sentence on standard error and the exit code
that `errors.py` states; answers go to standard output.
"""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wirecopy import __version__
from wirecopy.errors import ConfigError, SettingsError, WirecopyError

if TYPE_CHECKING:
    from wirecopy.config import Settings
    from wirecopy.progress import Report

EXIT_CODES = {
    0: "done",
    1: "a source failed, or a check did not hold; the answer says which",
    2: "to be put right before starting: settings, an argument, a folder, a port",
    3: "the database or the archive cannot be used; nothing was half-written",
    130: "stopped by Ctrl-C",
}

EPILOG = """\b
To begin:
  wirecopy demo    a newspaper of invented publishers, without any network
  wirecopy init    write wirecopy.toml with a starter list of real publishers
  wirecopy check   ask every feed once; say what is wrong, in words
  wirecopy up      gather for ever, and serve the newspaper

\b
Exit codes:
""" + "\n".join(f"  {code:<4} {words}" for code, words in EXIT_CODES.items())


class Terminated(SystemExit):
    """SIGTERM: a service manager asks us to end, which is a success when we do.

    A SystemExit, because asyncio lets that one leave a task wherever it strikes.
    """


@dataclass(slots=True)
class Command:
    """What stands before the verb; settings are read when a verb needs them."""

    path: Path
    log_json: bool = False
    verbose: bool = False

    def settings(self) -> Settings:
        from wirecopy import config

        self.set_up_log()
        return config.load(self.path)

    def set_up_log(self) -> None:
        from wirecopy import log

        log.set_up(json=self.log_json, verbose=self.verbose)

    def report(self) -> Report:
        """Bars or plain lines; nothing beside JSON, which tells it all in events."""
        from wirecopy import progress

        return progress.SilentReport() if self.log_json else progress.report_for()


class Verbs(click.Group):
    """Verbs in the order of this file, which is the order one meets them in.

    Called as the entry point it ends the process with the code that `errors.py` states.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def __call__(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        signal.signal(signal.SIGTERM, _terminated)
        sys.exit(execute(sys.argv[1:]))


@click.group(
    cls=Verbs,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="wirecopy %(version)s")
@click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    default=Path("wirecopy.toml"),
    show_default=True,
    help="The settings file.",
)
@click.option("--log-json", is_flag=True, help="Write every event as a line of JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Write every event, for a person.")
@click.pass_context
def main(context: click.Context, path: Path, log_json: bool, verbose: bool) -> None:
    """An automatic newspaper: gathered, proved word for word, credited and grouped.

    Wirecopy asks publishers' feeds, archives every page as it came, shows of it what the rights
    allow, and groups what reports the same event. Nothing on its pages is written by it.
    """
    context.obj = Command(path=path, log_json=log_json, verbose=verbose)


# ---------------------------------------------------------------- sources


@main.command()
@click.option("--contact", default="", help="Where publishers reach you: e-mail or web address.")
@click.pass_obj
def init(command: Command, contact: str) -> int:
    """Write a commented wirecopy.toml with a starter list of publishers.

    Every feed in it names the public list it was read in. An existing file is never touched.
    """
    from wirecopy import cli_lists as lists

    if not contact and sys.stdin.isatty() and not command.path.exists():
        contact = click.prompt(
            "Contact for publishers, sent with every request (e-mail or web address)",
            default="",
            show_default=False,
        )
    return lists.init(command.path, contact)


@main.command()
@click.argument("url")
@click.pass_obj
def add(command: Command, url: str) -> int:
    """Add a publisher by its home page.

    The feed behind the page is found, tried, and appended to the settings with its publisher.

    URL is a home page or a feed: `wirecopy add https://www.dawn.com`.
    """
    settings = command.settings()
    from wirecopy import cli_sources as sources

    return sources.add(command.path, settings, url, command.report())


@main.command()
@click.option("--settings-only", is_flag=True, help="Do not ask the feeds.")
@click.pass_obj
def check(command: Command, settings_only: bool) -> int:
    """Check settings and sources, in words.

    The settings are read, then every feed is asked once, politely. Of one that permanent redirects
    lead away from, the new address is told; it is learnt after three polls over a day.

    Ends with 1 when a feed is dead, is no feed, or may not be asked.
    """
    settings = command.settings()
    from wirecopy import cli_sources as sources

    return sources.check(settings, command.report(), ask=not settings_only)


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(command: Command, file: Path) -> int:
    """Append the publishers of an OPML list to the settings.

    Feeds that are known already are left out; no basis is taken from a list.
    """
    from wirecopy import cli_lists as lists

    command.settings()
    return lists.import_list(command.path, file)


@main.command()
@click.pass_obj
def export(command: Command) -> int:
    """Print the publishers and feeds of the settings as OPML 2.0."""
    from wirecopy import cli_lists as lists

    return lists.export(command.settings())


# ---------------------------------------------------------------- the newspaper


@main.command()
@click.pass_obj
def up(command: Command) -> int:
    """Gather for ever and serve the newspaper, until Ctrl-C."""
    from wirecopy import cli_newspaper as newspaper

    return newspaper.up(command.settings(), command.report())


@main.command()
@click.option("--once", is_flag=True, help="Ask what is due, and what that brings; then end.")
@click.pass_obj
def run(command: Command, once: bool) -> int:
    """Gather without serving: for ever, or once."""
    from wirecopy import cli_newspaper as newspaper

    return newspaper.run(command.settings(), command.report(), once=once)


@main.command()
@click.option("--until-parent-ends", is_flag=True, hidden=True)
@click.pass_obj
def serve(command: Command, until_parent_ends: bool) -> int:
    """Serve what is gathered, without gathering."""
    from wirecopy import cli_newspaper as newspaper

    return newspaper.serve(command.settings(), until_parent_ends=until_parent_ends)


@main.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("wirecopy-demo"),
    show_default=True,
    help="Where the demo edition is kept.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default="8000",
    help="The port of its site.",
)
@click.pass_obj
def demo(command: Command, folder: Path, port: int) -> int:
    """Gather and serve a newspaper of invented publishers. Needs no network."""
    from wirecopy import cli_newspaper as newspaper

    command.set_up_log()
    return newspaper.demo(folder, port, command.report())


# ---------------------------------------------------------------- evidence


@main.command()
@click.argument("subject", metavar="URL|ID")
@click.pass_obj
def show(command: Command, subject: str) -> int:
    """Show an article's whole trail.

    Fetched when, archived where, extracted how, why held back, why in this story, why at this
    place. The subject is the publisher's address of the article, our page's, or its id.
    """
    from wirecopy import cli_evidence as evidence

    return evidence.show(command.settings(), subject)


@main.command()
@click.argument("article", metavar="[ID]", default="")
@click.option("--all", "everything", is_flag=True, help="Every article that is shown.")
@click.pass_obj
def verify(command: Command, article: str, everything: bool) -> int:
    """Prove articles again, from the archived bytes alone.

    Ends with 1 when a single word is not where the proof says it is.
    """
    from wirecopy import cli_evidence as evidence

    if bool(article) == everything:
        raise click.UsageError("Name one article, or say --all.")
    return evidence.verify(command.settings(), article or None, command.report())


@main.command()
@click.pass_obj
def replay(command: Command) -> int:
    """Build the store again from the archive.

    The rows come out the same: everything shown derives from the archived bytes.
    """
    from wirecopy import cli_evidence as evidence

    return evidence.replay(command.settings(), command.report())


# ---------------------------------------------------------------- the operator's hand in stories


@main.command()
@click.argument("article")
@click.argument("story")
@click.pass_obj
def move(command: Command, article: str, story: str) -> int:
    """Move an article, with the copies of its text, into another story.

    ARTICLE and STORY are the ids at the end of their pages' addresses. Takes effect when the
    gatherer records next, is told on the story's page, and survives `replay`.
    """
    from wirecopy import cli_stories as hand

    return hand.move(command.settings(), article, story)


@main.command()
@click.argument("articles", metavar="ARTICLE...", nargs=-1, required=True)
@click.pass_obj
def split(command: Command, articles: tuple[str, ...]) -> int:
    """Split articles off their story, into one of their own.

    It has the id of the one that was announced first. The story's first article stays.
    """
    from wirecopy import cli_stories as hand

    return hand.split(command.settings(), articles)


@main.command()
@click.argument("story")
@click.argument("into")
@click.pass_obj
def merge(command: Command, story: str, into: str) -> int:
    """Merge a story into another; its address leads there from then on."""
    from wirecopy import cli_stories as hand

    return hand.merge(command.settings(), story, into)


# ---------------------------------------------------------------- how a command ends


def execute(arguments: Sequence[str]) -> int:
    """Run one command line; errors of ours become a sentence, and every end a code."""
    try:
        code = main.main(list(arguments), prog_name="wirecopy", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Terminated:
        return 0
    except (KeyboardInterrupt, click.Abort) as error:
        if isinstance(error.__cause__, EOFError):
            raise error.__cause__ from None  # click takes any EOFError for Ctrl-D; it is a defect
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        # Who read our output has gone; Python would complain again when it closes.
        sys.stderr.close()
        return 0
    except BaseExceptionGroup as group:
        return _told(_first_of_ours(group))
    except (WirecopyError, OSError) as error:
        return _told(error)
    return code if isinstance(code, int) else 0


def _told(error: BaseException) -> int:
    """Say an error in one sentence (settings: one for each mistake) and give its exit code."""
    if isinstance(error, OSError):
        error = _translated(error)
    if not isinstance(error, WirecopyError):
        raise error
    told = [error, *(error.more if isinstance(error, SettingsError) else ())]
    for one in told:
        click.echo(f"wirecopy: {one}", err=True)
    return error.exit_code


def _translated(error: OSError) -> BaseException:
    """The disk's own refusals, wherever they were met; any other OSError is a defect."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk(f"The disk is full{where}.", "Free some space and start again.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ConfigError(
            f"{error.filename or 'A file'} cannot be opened ({error.strerror}).",
            cure="Give yourself the right to use it, or name another folder under [storage].",
        )
    return error


def _disk(message: str, cure: str) -> WirecopyError:
    from wirecopy.errors import ArchiveError

    return ArchiveError(message, cure=cure)


def _first_of_ours(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of ours inside a task group's bundle, else the bundle itself."""
    found: BaseException | None = group.subgroup(WirecopyError)
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found or group


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise Terminated
