"""The command policy: what runs, what is asked for, what is refused; and what running comes to."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import needs
from vly_nb.errors import ToolError
from vly_nb.processes import Completed
from vly_nb.tools.commands import (
    Ask,
    Refuse,
    Run,
    Surroundings,
    Verdict,
    execute,
    judge,
    surroundings,
)
from vly_nb.tools.commands.allowed import PROGRAMS
from vly_nb.tools.commands.refusals import RULES


def verdict(command: str) -> Verdict:
    return judge(command)


RUNS = """
pnpm add clsx
pnpm add -D @types/node@^22 zod
pnpm install
pnpm i zod
pnpm install --frozen-lockfile
pnpm remove zod
pnpm list --depth=0
npx tsc
npx tsc -b --noEmit --pretty false
pnpm exec tsc --noEmit
pnpm tsc -p src/convex
./node_modules/.bin/tsc -b
npx convex codegen
npx convex dev --once
npx convex dev --once && npx tsc -b --noEmit
npx convex run tasks:list '{"done": true}'
ls
ls -la src
ls src/{pages,components} *.ts
cat src/App.tsx | head -20
cat "src/my file.tsx"
head -n 5 src/a.ts; tail -5 src/a.ts
wc -l src/*.ts | sort -rn | head -5
grep -rn "user.key" src
grep -rn '.env' src
grep -Rl useQuery .
grep --color=never -A 3 x src/a.ts
rg -n useQuery src -g '*.tsx'
rg --files | grep pages
find . -name '*.ts' -not -path './node_modules/*'
find src -type f \\( -name '*.ts' -o -name '*.tsx' \\)
sed -n 1,40p src/App.tsx
sed -n '/export/p' src/a.ts
cat src/a.ts | sed 's/a/b/g'
git status
git --no-pager diff --stat
git diff HEAD~1 -- src/a.ts
git log --oneline -5
git log -n 3 --format=%s
git show HEAD:src/a.ts
pwd
echo hello "a b"
cd src && ls
cd src; ls; cd pages; pwd
npx tsc 2>&1 | grep error | wc -l
npx tsc 2>/dev/null || echo failed
ls src >/dev/null 2>&1 && echo there
cat .env.example
""".strip().splitlines()

ASKS = """
curl https://example.com
node script.js
node -e "1"
python3 x.py
rm src/a.ts
rm -rf node_modules
mv a b
chmod 777 x
npx shadcn@latest add button
pnpm dlx cowsay
pnpm typecheck
pnpm run lint
pnpm add git+https://example.com/x.git
pnpm add ./local
pnpm add -g zod
pnpm -C .. add zod
npx --package x tsc
npx tsc --outDir out
npx tsc @options
npx tsc --watch
npx convex data
cat $FILE
cat $(ls)
cat `ls`
ls ~
head ~root/x
for f in *; do cat $f; done
(ls)
ls &
ls > out.txt
cat < src/a.ts
X=1 ls
cat .e*
cat src/.*
ls src/{a,{b,c}}
echo {1..9}
echo $'\\x41'
find . -exec cat {} ;
find . -fprintf x %p
find -L . -name x
grep -f patterns src/a.ts
grep -A x src/a.ts
rg --pre cat x
rg --follow x
rg --search-zip x
sed -n '1p;w out' src/a.ts
sed -n 1p -e 'w out' src/a.ts
sed 's/a/b/e' src/a.ts
sed -n '1e id' src/a.ts
git -c core.pager=id diff
git diff --output=x
git diff --ext-diff
git diff --no-index a b
git diff ':!x'
git branch -D x
git config -l
sort -o out src/a.ts
uniq a b
tail -f x.log
ls; true; case x in esac
if true; then ls; fi
! ls
cat <(ls)
"unclosed
""".strip().splitlines()

IN_PNPM = {  # the wrong package manager, and the same wish in pnpm's words
    "pnpm add lodash -D": """
npm install lodash --save-dev
npm i lodash -D
yarn add lodash --dev
bun add lodash -d
npm --prefix . install lodash --save-dev
""",
    "pnpm add lodash": "npm i -S lodash\nnpm i -g lodash\nyarn add lodash\nyarn global add lodash",
    "pnpm add -E lodash@4": "npm install --save-exact lodash@4",
    "pnpm install": "npm install\nnpm i\nyarn\nyarn install\nbun install",
    "pnpm install --frozen-lockfile": "npm ci\nnpm clean-install",
    "pnpm remove lodash": "npm uninstall lodash\nyarn remove lodash\nbun rm lodash",
    "pnpm update lodash": "npm update lodash\nyarn upgrade lodash",
    "pnpm audit --fix": "npm audit fix",
    "npx tsc": "bunx tsc\nyarn dlx tsc\nnpm exec tsc\nnpm exec -- tsc",
    "pnpm test": "npm test\nbun test\nyarn test",
    "pnpm run lint": "npm run lint",
}
FORMS = [(line, form) for form, lines in IN_PNPM.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize("command", RUNS)
def test_runs(command: str) -> None:
    assert isinstance(verdict(command), Run), verdict(command)


@pytest.mark.parametrize("command", ASKS)
def test_asks(command: str) -> None:
    found = verdict(command)
    assert isinstance(found, Ask), found
    assert found.reason.endswith(".") and len(found.reason) < 200


@pytest.mark.parametrize(("command", "form"), FORMS)
def test_the_wrong_package_manager_is_told_in_pnpms_words(command: str, form: str) -> None:
    found = verdict(command)
    assert isinstance(found, Refuse), found
    assert found.sentence == f"This project uses pnpm: run `{form}`."


def test_guards_see_every_text_that_a_command_spells_out() -> None:
    """Where the test stands that keeps the prompt from being written anywhere."""

    def guard(text: str) -> str:
        return "That stays here." if "the secret prompt" in text else ""

    for command in (
        "echo the secret prompt",
        "cat <<EOF > /tmp/x\nthis is the secret prompt\nEOF",
        "cat <<EOF | base64\nthe secret prompt\nEOF",
        "cat <<< 'the secret prompt'",
        "echo dGhlIHNlY3JldCBwcm9tcHQ= | base64 -d | tee /tmp/x",
        "echo 'the sec''ret prompt'",
        "a='the secret'; echo \"$a prompt\"",
        "python3 -c \"print('the secret prompt')\"",
        "git log --grep 'the secret prompt'",
    ):
        assert judge(command, guards=[guard]) == Refuse("That stays here."), command
    assert isinstance(judge("echo something else", guards=[guard]), Run)


def test_scripts_are_judged_by_their_text() -> None:
    """When it is known; else by their name."""
    around = Surroundings(
        {"pack-it": "vite build", "compile": "tsc -b", "both": "pnpm compile && pnpm pack-it"}
    )
    assert isinstance(judge("pnpm run pack-it", around), Refuse)
    assert isinstance(judge("pnpm both", around), Refuse)
    assert isinstance(judge("pnpm compile", around), Ask)
    assert isinstance(judge("pnpm compile"), Refuse)


def test_surroundings_are_read_from_the_project(app: Path) -> None:
    (app / "package.json").write_text(
        '{"dependencies": {"convex": "1"}, "scripts": {"site": "vite build", "odd": 1}}'
    )
    around = surroundings(app)
    assert (around.scripts, around.functions) == ({"site": "vite build"}, "src/convex")
    assert isinstance(judge("pnpm site", around), Refuse)
    assert isinstance(judge(f"cd {app}/src && cat {app}/src/App.tsx", around), Run)
    assert isinstance(judge(f"cat {app}/.env", around), Refuse)
    assert isinstance(judge(f"rm -rf {app}/src/convex", around), Refuse)
    (app / "package.json").write_text("not json")
    assert surroundings(app).scripts == {}


def test_heredocs_are_for_the_editor() -> None:
    assert isinstance(verdict("cat > x.ts <<'EOF'\nexport {}\nEOF\n"), Refuse)
    assert isinstance(verdict("cat <<'EOF' > x.ts\nexport {}\nEOF\n"), Refuse)


def test_every_line_counts() -> None:
    assert isinstance(verdict("ls\npnpm build"), Refuse)
    assert isinstance(verdict("ls\ncurl x"), Ask)
    assert isinstance(verdict("ls\n\npwd # done"), Run)
    assert isinstance(verdict(""), Ask)


def test_lists_are_whole() -> None:
    assert {"pnpm", "npx", "git", "rg", "cat"} <= PROGRAMS.keys()
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab./*?[]{}(),;&|<>$`'\"\\ \n-=~!#%cdlsengpmx", max_size=60))
def test_attack_no_text_breaks_the_judge(command: str) -> None:
    assert isinstance(verdict(command), Run | Ask | Refuse)


# -- running ------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    for name, text in {
        "src/a.ts": "export const a = 1;\nexport const b = 2;\n",
        "src/pages/B.tsx": "<b>hush-4711 said in public</b>\n",
        "src/my file.txt": "spaces\n",
        ".env.example": "KEY=\n",
        ".env.local": "KEY=hush-4711-secret\n",
        "src/.env": "KEY=hush-4711-secret\n",
        ".ENV.PRODUCTION": "KEY=hush-4711-secret\n",
        "certs/server.pem": "hush-4711-secret\n",
        "-n": "a file with an unlucky name\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "outside.txt").write_text("hush-4711-secret\n")
    return root


async def no_package_manager(report: Callable[[str], None]) -> Sequence[str]:
    raise AssertionError("no package manager is needed here")


def do(project: Path, command: str, **options: object) -> Completed:
    found = verdict(command)
    assert isinstance(found, Run), found
    return asyncio.run(execute(found, project, package_manager=no_package_manager, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "output", "code"),
    [
        ("cat src/a.ts | head -1", "export const a = 1;\n", 0),
        ("cat 'src/my file.txt'", "spaces\n", 0),
        ("cd src && ls *.ts", "a.ts\n", 0),
        ("cd src && pwd", "src\n", 0),
        ("pwd", ".\n", 0),
        ("echo one; false; echo two", "one\ntwo\n", 0),
        ("false && echo no || echo yes", "yes\n", 0),
        ("true || echo no && echo yes", "yes\n", 0),
        ("echo a | grep b", "", 1),
        ("ls nowhere 2>/dev/null || echo gone", "gone\n", 0),
        ("ls nowhere 2>&1 | wc -l", "1\n", 0),
        ("ls nowhere >/dev/null 2>&1; echo done", "done\n", 0),
        ("echo src/{a,pages}* '*' \\*", "src/a.ts src/pages * *\n", 0),
        ("echo nothing*fits", "nothing*fits\n", 0),
        ("sed -n 2p src/a.ts", "export const b = 2;\n", 0),
        ("grep -rc export src/a.ts", "2\n", 0),
        ("find src -name '*.tsx'", "src/pages/B.tsx\n", 0),
        ("cat .env.example", "KEY=\n", 0),
        ("grep -n KEY .env.example", "1:KEY=\n", 0),
    ],
)
def test_carries_out(project: Path, command: str, output: str, code: int) -> None:
    done = do(project, command)
    assert (done.output.replace("       ", ""), done.code) == (output, code)


def test_what_is_printed_names_no_folder_of_this_machine(project: Path) -> None:
    done = do(project, "ls nowhere src && pwd; find . -name a.ts")
    assert str(project) not in done.output


def test_a_folder_that_is_not_there_is_said(project: Path) -> None:
    with pytest.raises(ToolError, match="no folder src/nowhere"):
        do(project, "cd src/nowhere && ls")


def test_time_is_counted_over_the_whole_line(project: Path) -> None:
    began = time.process_time()
    os.mkfifo(project / "never")
    stopped = do(project, "echo before; cat never; echo after", timeout=0.5)
    assert (stopped.timed_out, stopped.code, stopped.output) == (True, None, "before\n")
    assert time.process_time() - began < 5


def test_a_program_that_is_not_installed_is_never_fetched(project: Path) -> None:
    with pytest.raises(ToolError, match=r"TypeScript isn't installed here: run `pnpm install`"):
        do(project, "npx tsc -b")
    with pytest.raises(ToolError, match="Convex isn't installed"):
        do(project, "npx convex codegen")


def test_the_projects_own_program_is_run_with_what_makes_it_harmless(project: Path) -> None:
    place = project / "node_modules/.bin/tsc"
    place.parent.mkdir(parents=True)
    place.write_text('#!/bin/sh\necho "$@"\n')
    place.chmod(0o755)
    assert do(project, "npx tsc -b --noEmit false").output == "-b --noEmit false --pretty false --noEmit\n"


def test_the_package_manager_is_asked_for_and_told_to_run_no_scripts(project: Path) -> None:
    async def find(report: Callable[[str], None]) -> Sequence[str]:
        return ["echo", "pnpm"]

    for command in ("pnpm add zod", "pnpm i zod", "pnpm install", "pnpm remove zod", "pnpm list"):
        found = verdict(command)
        assert isinstance(found, Run)
        said = asyncio.run(execute(found, project, package_manager=find)).output
        assert "ignore-scripts" in said and "ignore-pnpmfile" in said, said
        assert said.startswith("pnpm add" if "zod" in command and "remove" not in command else command[:8])


# -- attacks ------------------------------------------------------------------

SEARCHES = [
    "grep -rn hush .",
    "grep -rn hush",
    "grep -Rn hush . --include='*'",
    "grep -rn hush . --include=.env*",
    "grep -rh -e hush -- .",
    "cat * 2>/dev/null",
    "cat */* 2>/dev/null",
    "find . -type f -name '*' | sort",
]


@pytest.mark.parametrize("command", SEARCHES)
def test_attack_searches_print_no_secret(project: Path, command: str) -> None:
    assert "hush-4711-secret" not in do(project, command).output


@pytest.mark.parametrize(
    "command",
    ["rg -uuu hush", "rg --hidden --no-ignore hush . -g '*'", "rg -uu -g '.env*' hush", "rg -uu hush -- ."],
)
def test_attack_ripgrep_prints_no_secret(project: Path, command: str) -> None:
    needs("rg")
    (project / ".ripgreprc").write_text("--pre=cat\n")
    done = do(project, command)
    assert "hush-4711-secret" not in done.output
    assert "-g '.env*'" in command or "said in public" in done.output


def test_without_ripgrep_the_sentence_names_another_way(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = project.parent / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(ToolError, match="`rg` isn't installed: use search_code, or `grep -rn`"):
        do(project, "rg hush")


@pytest.mark.parametrize("name", ["link.txt", "folder/x", "src/deep"])
def test_attack_a_link_leads_to_no_secret(project: Path, name: str) -> None:
    place = project / name
    place.parent.mkdir(exist_ok=True)
    for target in (project / ".env.local", project.parent / "outside.txt"):
        place.unlink(missing_ok=True)
        place.symlink_to(target)
        for command in (f"cat {name}", f"head {name}", f"grep hush {name}", f"cat ./{name}", f"wc -l {name}"):
            with pytest.raises(ToolError, match="leads"):
                do(project, command)
        assert "hush-4711-secret" not in do(project, f"cat {name[:-1]}*; grep -rh hush . ; true").output


def test_attack_a_folder_link_leads_nowhere(project: Path) -> None:
    (project / "up").symlink_to(project.parent)
    with pytest.raises(ToolError, match="leads outside"):
        do(project, "cd up && cat outside.txt")
    with pytest.raises(ToolError, match="leads outside"):
        do(project, "cat up/outside.txt")
    assert (
        "hush"
        not in do(
            project, "echo up/*; grep -rh secret up/. ; true".replace("grep -rh secret up/. ;", "")
        ).output
    )


def test_attack_patterns_list_nothing_outside(project: Path) -> None:
    assert do(project, "echo ../* /etc/*").output == "../* /etc/*\n"


def test_attack_a_file_named_like_an_option_stays_a_file(project: Path) -> None:
    (project / "only").mkdir()
    (project / "only" / "--help").write_text("text\n")
    assert do(project, "cd only && cat *").output == "text\n"


def test_attack_committed_secrets_are_not_shown_by_git(project: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=project, check=True
        )

    git("init", "-q")
    git("add", "-f", ".")
    git("commit", "-qm", "all of it")
    for name in (".env.local", "src/.env", ".ENV.PRODUCTION", "src/a.ts"):
        (project / name).write_text(
            "KEY=hush-4711-secret-again\n" if "env" in name.lower() else "// changed\n"
        )
    for command in (
        "git diff", "git diff HEAD", "git diff -- src", "git diff --stat -p", "git show", "git log -p",
        "git log -p -S hush",
        "cd src && git diff", "git diff HEAD -- .", "git log -p --all -- src",
    ):  # fmt: skip
        done = do(project, command)
        assert done.code == 0, done.output
        assert "hush-4711-secret" not in done.output, command
    assert "+// changed" in do(project, "git diff").output
    assert do(project, "git show HEAD:src/a.ts").output.startswith("export const a")
    with pytest.raises(ToolError, match="not both"):
        do(project, "git show HEAD:src/a.ts HEAD")


def test_attack_a_repositorys_settings_run_no_program(project: Path) -> None:
    evil = project / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {project}/ran\n")
    evil.chmod(0o755)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    for name in (
        "core.fsmonitor",
        "diff.external",
        "core.pager",
        "pager.diff",
        "diff.x.textconv",
        "diff.x.command",
    ):
        subprocess.run(["git", "config", name, str(evil)], cwd=project, check=True)
    (project / ".gitattributes").write_text("* diff=x\n")
    subprocess.run(["git", "-c", "core.fsmonitor=", "add", "src/a.ts"], cwd=project, check=True)
    (project / "src/a.ts").write_text("other\n")
    for command in ("git status", "git diff", "git diff --stat", "git --no-pager log -p"):
        do(project, command)
    assert not (project / "ran").exists()


@pytest.mark.slow
@pytest.mark.node
def test_packages_come_and_go_and_scripts_do_not_run(tmp_path: Path) -> None:
    needs("pnpm")
    pnpm = shutil.which("pnpm")
    assert pnpm
    (tmp_path / "package.json").write_text(
        '{"name": "x", "private": true, "scripts": {"postinstall": "touch RAN"}}'
    )
    (tmp_path / ".pnpmfile.cjs").write_text('require("fs").writeFileSync("RAN", ""); module.exports = {}')

    async def find(report: Callable[[str], None]) -> Sequence[str]:
        return [pnpm]

    for command in ("pnpm add clsx", "pnpm list", "pnpm install", "pnpm remove clsx"):
        found = verdict(command)
        assert isinstance(found, Run)
        done = asyncio.run(execute(found, tmp_path, package_manager=find))
        assert done.ok, done.output
        assert (tmp_path / "node_modules/clsx").exists() == (command != "pnpm remove clsx")
    assert not (tmp_path / "RAN").exists()
