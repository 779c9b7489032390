"""COMMANDS and OPTIONS: what `%vly` and `%%vly` understand, as data.

Help, completion and the docs are printed from these tables; `magics` has a
method for each command. Nothing heavy is imported here: loading the extension
and pressing Tab must not cost anything.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A `%vly` command. `completes` names what its arguments are (see `completion`)."""

    name: str
    arguments: str
    summary: str
    more: str
    example: str
    completes: str = ""

    @property
    def usage(self) -> str:
        """`%vly goto N`"""
        return f"%vly {self.name} {self.arguments}".rstrip()


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a `%%vly` cell; `value` is empty for one that takes none."""

    name: str
    value: str
    summary: str


COMMANDS: tuple[Command, ...] = (
    Command(
        "mount",
        "PATH",
        "open the folder of a project",
        "vly reads and changes only what is in this folder. The first version is the project as it is now, "
        "so you can always come back to it. Mounting another folder lets go of this one.",
        "%vly mount ../my-app",
        "folders",
    ),
    Command(
        "unmount",
        "",
        "let go of the project",
        "Nothing in the folder changes; its versions are there when you mount it again.",
        "%vly unmount",
    ),
    Command(
        "new",
        "NAME",
        "make a fresh project from the built-in template and mount it",
        "The project is made in a new folder NAME beside the notebook, and its packages are installed.",
        "%vly new my-app",
    ),
    Command(
        "status",
        "",
        "where things stand",
        "The project, its version, the mode, what waits for you, and what it cost so far.",
        "%vly status",
    ),
    Command(
        "mode",
        "[run|step|review]",
        "how far a %%vly cell goes by itself",
        "run: to the end. step: one step, then %vly next. review: nothing is written before %vly apply. "
        "Without a word it says which one holds.",
        "%vly mode review",
        "modes",
    ),
    Command(
        "next",
        "[ANSWER]",
        "run the next step, or answer what vly asked",
        "The answer is the rest of the line: the number of a choice, or your own words. --anyway before it "
        "sends what looks like a key and is none.",
        "%vly next 2",
    ),
    Command(
        "apply",
        "[FILE[:1,3]]...",
        "write the change that is proposed",
        "Without a word all of it; a file's name takes that file only; numbers after a colon take only these "
        "hunks of it, counted from 1. What you leave out is told to vly.",
        "%vly apply src/a.tsx:1,3 src/b.tsx",
        "proposal",
    ),
    Command(
        "reject",
        "[because ...]",
        "write nothing of the change that is proposed",
        "The rest of the line is told to vly, which goes on from there.",
        "%vly reject because the old colour was fine",
    ),
    Command(
        "undo",
        "",
        "take back the last change",
        "Going back is a new version: nothing is lost, and %vly redo brings it back.",
        "%vly undo",
    ),
    Command("redo", "", "bring back what was undone", "The counterpart of %vly undo.", "%vly redo"),
    Command(
        "versions",
        "[COUNT]",
        "the project's versions, newest first",
        "Shows the last 30, or COUNT.",
        "%vly versions 100",
    ),
    Command(
        "goto",
        "N",
        "bring the project back to version N",
        "All of the project's files become what they were then. This is a new version: nothing is lost.",
        "%vly goto 3",
        "versions",
    ),
    Command(
        "diff",
        "[N [M]] [FILE]...",
        "what changed in a version, or between two",
        "Without a word: what the newest version changed. N: what version N changed. N M: what lies between. "
        "With files' names only those.",
        "%vly diff 3 5 src/main.tsx",
        "diff",
    ),
    Command(
        "check",
        "",
        "run the project's own checks",
        "All of them, on the project as it is. What was wrong when you mounted it counts as known.",
        "%vly check",
    ),
    Command(
        "lint",
        "[--all] [FILE]...",
        "what the stack's rules say",
        "What is new since you mounted the project. --all lists what was there before too; with names, only "
        "these files and folders. %vly help RULE shows a rule's page: why, and good and bad examples.",
        "%vly lint --all",
        "lint",
    ),
    Command(
        "fix",
        "",
        "mend what can be mended without a model",
        "Only mends that are certain are made, and they are one version: %vly undo takes them back.",
        "%vly fix",
    ),
    Command(
        "allow",
        "[N...|all]",
        "let a rule be broken in one place",
        "Write `// vly-allow RULE: reason` above the place. Without a word this lists the places that ask; a "
        "number agrees. Only a person can: vly's own comments count for nothing until you agree. It is kept "
        "in vly-policy.json, and holds for that code in that file.",
        "%vly allow 1",
    ),
    Command(
        "unlock",
        "[auth]",
        "let vly change the sign-in files for one turn",
        "They are read-only otherwise. Only you can unlock them; when the turn has ended they are shut.",
        "%vly unlock auth",
    ),
    Command(
        "backend",
        "[embedded|deployment|URL|WORD]",
        "which backend the app uses, and how it is",
        "embedded: the stand-in, which runs the app's own Convex functions on this machine, with data, "
        "offline. deployment: the one that a key is set for; a production one is only read. URL: a "
        "deployment of your own at this address. "
        "For the stand-in: stop, reset (forgets the data), snapshot and restore [NAME] (the data, by the "
        "version's number), log, mails (with sign-in codes), cron NAME, clock on|off, allow [HOST] and "
        "refuse HOST (what functions may fetch from; otherwise nothing leaves this machine).",
        "%vly backend embedded",
        "backend",
    ),
    Command(
        "db",
        "[TABLE] [--limit N] [--offset N] [--where FIELD=VALUE] [--schema] [--df]",
        "the app's data",
        "Without a word: the tables. --schema draws them, with indexes and references. --df puts the rows "
        "into a DataFrame named df. On the stand-in single documents are changed with add "
        "TABLE FIELD=VALUE..., set ID FIELD=VALUE... and delete ID. A value is JSON where it "
        "can be read as such, else text.",
        "%vly db users --limit 20 --where name=Ada",
        "db",
    ),
    Command(
        "run",
        "FUNCTION [JSON]",
        "run a function of the app",
        "Also internal ones. It is named as for npx convex run, module:function; its arguments are JSON.",
        """%vly run tasks:list '{}'""",
        "functions",
    ),
    Command(
        "seed",
        "[FUNCTION]",
        "fill the database with the app's sample data",
        "Runs seed:run, or the function you name, and counts what was added.",
        "%vly seed",
        "functions",
    ),
    Command(
        "keys",
        "[set NAME|remove NAME|import|restore|jwt|adopt|mend]",
        "the project's keys, by their names",
        "Without a word: which keys there are, and where; values are never shown. Keys lie in a vault "
        "outside the project, for you alone, and reach only the programs that need them: not vly, not the "
        "notebook. "
        "set NAME: asks for the value in a field that is not kept. remove NAME: takes it out of the vault. "
        "import: moves the keys of the project's .env files into the vault (restore puts the files back, "
        "byte for byte). jwt: makes the pair that signs log-ins, JWT_PRIVATE_KEY and JWKS; --push sets it on "
        "the Convex deployment, --new makes another pair (everybody has to log in again then). adopt: takes "
        "over the keys of a project that was moved. mend: makes the vault yours alone again.",
        "%vly keys set OPENAI_API_KEY",
        "keys",
    ),
    Command(
        "preview",
        "[stop|restart|log|errors] [--mobile]",
        "the app, running, beside your work",
        "Starts the app's dev server and shows it here; it goes on when this notebook's kernel ends. "
        "--mobile shows it as wide as a phone. stop ends it, restart starts it anew, log shows what it "
        "printed, errors looks at the page now and says what is wrong. While it runs, vly looks at the page "
        "after each change and hears of its errors by itself. --proxy shows it through the notebook's own "
        "address, --direct at its own; without either, whichever fits where you are.",
        "%vly preview --mobile",
        "preview",
    ),
    Command(
        "screenshot",
        "[--mobile] [ROUTE]",
        "a picture of a page of the app",
        "The page at ROUTE (/ without one), as it is now, 1280 pixels wide, or 390 with --mobile. Needs the "
        "preview, and a Chromium on the notebook's machine.",
        "%vly screenshot --mobile /tasks",
    ),
    Command(
        "doctor",
        "[--fix]",
        "what is missing or wrong on this machine, and the mend",
        "Looks at Python and the kernel, the way to the model, the sandbox, the vault, and, with a project "
        "mounted, at its programs, packages, backend, sign-in and keys (by name). --fix does the mends that "
        "can harm nothing.",
        "%vly doctor",
        "doctor",
    ),
    Command(
        "cost",
        "",
        "what was used so far",
        "Tokens and money, turn by turn. Money is shown only where the price is known.",
        "%vly cost",
    ),
    Command(
        "tape",
        "[PATH|off]",
        "replay from a tape what it holds, and record the rest",
        "A replayed turn costs nothing and needs no key. Tools, gates and checks are real, and each step "
        "says whether the files came out the same.",
        "%vly tape tutorial.tape.jsonl",
        "files",
    ),
    Command(
        "model",
        "[NAME]",
        "which model answers",
        "Without a word it says which one. It holds from the next %%vly cell on.",
        "%vly model claude-sonnet-5-5",
        "models",
    ),
    Command(
        "only",
        "[GLOB...|off]",
        "limit what vly may write",
        "Holds until you change it; `--only` on a %%vly cell holds for that turn. The gates enforce it.",
        "%vly only 'src/components/**'",
        "globs",
    ),
    Command(
        "panel",
        "",
        "show the chat here",
        "A widget that drives the same session as the cells, for front ends without the side panel.",
        "%vly panel",
    ),
    Command(
        "stop",
        "",
        "end the turn that stands still",
        "A cell that is running is stopped with the interrupt button (or I I).",
        "%vly stop",
    ),
    Command(
        "help",
        "[COMMAND|RULE|rules]",
        "this list, or all about one command or rule",
        "A rule's page says what it is about and why, with good and bad examples. `rules` lists them all.",
        "%vly help no-collect",
        "help",
    ),
)

BY_NAME = {command.name: command for command in COMMANDS}

OPTIONS: tuple[Option, ...] = (
    Option("--step", "", "stop after one step; %vly next runs the next one"),
    Option("--review", "", "write nothing before %vly apply"),
    Option("--only", "GLOB", "limit what may be written in this turn; may be given again"),
    Option("--docs", "NAME", "limit the web search to this documentation, e.g. convex"),
    Option("--anyway", "", "send the cell though something in it looks like a key, and is none"),
)

MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-2", "claude-mythos-5-2")
"""For completion only: any name is sent to the endpoint as it is."""

MODES = ("run", "step", "review")

KEYS = ("set", "remove", "import", "restore", "jwt", "adopt", "mend")
"""What `%vly keys` does."""

PREVIEW = ("stop", "restart", "log", "errors", "--mobile", "--proxy", "--direct")
"""What `%vly preview` takes."""

BACKEND = (
    "embedded",
    "deployment",
    "stop",
    "reset",
    "snapshot",
    "restore",
    "log",
    "mails",
    "cron",
    "clock",
    "allow",
    "refuse",
)
"""What `%vly backend` does, besides taking an address."""

DB = ("--limit", "--offset", "--where", "--schema", "--df")
"""Options of `%vly db`."""

HEAD = """\
vly changes the web app that you mount, and shows every step.

    %vly mount PATH        open a project        %vly new NAME     make a fresh one
    %%vly                  ask: write below it what you want changed
    %vly undo              take back the last change

In the text of a %%vly cell, `@path/to/file` puts in a file, `@shot.png` a picture,
`@In[3]` and `@Out[3]` an earlier cell, and $`expression` a value of this notebook.
"""
