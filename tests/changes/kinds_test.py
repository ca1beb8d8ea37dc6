from __future__ import annotations

import pytest

from smokealarm.changes.kinds import language


@pytest.mark.parametrize(
    "path, content, expected",
    [
        pytest.param("notes.md", b"# python", "", id="a text is in no language"),
        pytest.param("a.py", b"", "python", id="python by its extension"),
        pytest.param("a.pyi", b"", "python", id="a stub is python"),
        pytest.param("a.ipynb", b"{}", "notebook", id="a notebook"),
        pytest.param("a.sh", b"echo", "shell", id="shell by its extension"),
        pytest.param("run", b"#!/bin/bash -e\n", "shell", id="bash by its shebang"),
        pytest.param("run", b"#!/usr/bin/env python3.11\n", "python", id="python with a version"),
        pytest.param("run", b"#!/usr/bin/env -S LANG=C dash\n", "shell", id="env with options"),
        pytest.param("run", b"#! /bin/sh\n", "shell", id="a space after the shebang"),
        pytest.param("run", b"#!/usr/bin/perl\n", "", id="perl is not ours"),
        pytest.param("run", b"#!", "", id="an empty shebang"),
        pytest.param("run", b"\xff\xfe\x00", "", id="bytes without a shebang"),
        pytest.param("a.sh", b"#!/bin/zsh\n", "", id="zsh beats .sh"),
        pytest.param("a.sh", b"#!/usr/bin/env fish\n", "", id="fish beats .sh"),
        pytest.param("a.zsh", b"", "", id="zsh by its extension is not ours"),
    ],
)
def test_language(path: str, content: bytes, expected: str) -> None:
    assert language(path, content) == expected
