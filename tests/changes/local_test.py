from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from smokealarm import changes
from smokealarm.errors import FatalError
from smokealarm.git import contents
from smokealarm.workspace import Changes
from tests.repositories import commit, git, make_repository, stage, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository", {"a.py": "a = 1\n", "b.py": "b = 1\n"})


def _paths(changed: Changes) -> list[str]:
    return [file.path for file in changed.files]


def _reasons(changed: Changes) -> dict[str, str]:
    return {gone.path: gone.reason for gone in changed.left_out}


class TestStaged:
    def test_nothing_is_staged(self, root: Path) -> None:
        write(root, {"a.py": "a = 2\n", "new.py": ""})

        changed = changes.staged(root)

        assert (changed.files, changed.left_out) == ((), ())
        assert changed.base == git(root, "rev-parse", "HEAD")
        assert not changed.everything

    def test_a_staged_file_is_known_by_its_index_blob_whatever_is_on_disk(self, root: Path) -> None:
        stage(root, {"a.py": "a = 2\n"})
        write(root, {"a.py": "a = 3\n"})

        (file,) = changes.staged(root).files

        assert git(root, "cat-file", "-p", file.blob) == "a = 2"
        assert git(root, "cat-file", "-p", file.base_blob) == "a = 1"

    def test_a_file_deleted_on_disk_after_staging_is_part_of_the_commit(self, root: Path) -> None:
        stage(root, {"c.py": "c = 1\n"})
        (root / "c.py").unlink()

        assert _paths(changes.staged(root)) == ["c.py"]

    def test_before_the_first_commit_everything_staged_is_new(self, tmp_path: Path) -> None:
        root = make_repository(tmp_path)
        stage(root, {"a.py": "a = 1\n"})

        changed = changes.staged(root)

        assert [(file.path, file.base_blob) for file in changed.files] == [("a.py", "")]
        assert changed.everything and changed.base == ""

    def test_intent_to_add_is_not_part_of_the_commit(self, root: Path) -> None:
        write(root, {"c.py": "c = 1\n"})
        git(root, "add", "--intent-to-add", "c.py")

        assert changes.staged(root).files == ()

    def test_another_index_is_honoured(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stage(root, {"a.py": "a = 2\n"})
        monkeypatch.setenv("GIT_INDEX_FILE", str(root / ".git" / "other"))
        git(root, "read-tree", "HEAD")
        stage(root, {"b.py": "b = 2\n"})

        assert _paths(changes.staged(root)) == ["b.py"]

    def test_a_commit_of_one_path_alone_leaves_the_rest_of_the_index_out(self, root: Path) -> None:
        """`git commit -- PATH` hands its hooks an index of its own."""
        hook = root / ".git" / "hooks" / "pre-commit"
        hook.parent.mkdir(exist_ok=True)
        code = "from pathlib import Path; from smokealarm import changes; "
        code += "print([f.path for f in changes.staged(Path.cwd()).files])"
        hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" > .git/seen\n')
        hook.chmod(0o755)
        stage(root, {"a.py": "a = 2\n", "b.py": "b = 2\n"})

        git(root, "commit", "--quiet", "--message=Change one", "--", "b.py")

        assert (root / ".git" / "seen").read_text() == "['b.py']\n"

    def test_a_mode_alone_adds_nothing(self, root: Path) -> None:
        git(root, "update-index", "--chmod=+x", "a.py")

        (file,) = changes.staged(root).files

        assert file.blob == file.base_blob

    def test_a_copy_is_a_new_file(self, root: Path) -> None:
        text = "x = 1\n" * 20
        commit(root, {"old.py": text})
        stage(root, {"new.py": text, "old.py": text + "y = 1\n"})

        new, _ = changes.staged(root).files

        assert (new.path, new.base_path, new.base_blob) == ("new.py", "", "")

    def test_carriage_returns_stay_as_they_are_staged(self, root: Path) -> None:
        stage(root, {"dos.py": "x = 1\r\n"})

        (file,) = changes.staged(root).files

        assert _content(root, file.blob) == b"x = 1\r\n"

    def test_a_rename_is_followed(self, root: Path) -> None:
        git(root, "mv", "a.py", "z.py")

        changed = changes.staged(root)

        (file,) = changed.files
        assert (file.path, file.base_path) == ("z.py", "a.py")
        assert file.blob == file.base_blob
        assert _reasons(changed) == {"a.py": "it is renamed to z.py"}

    def test_a_conflict_is_refused(self, root: Path) -> None:
        _diverge(root, "a.py", "a.py")
        git(root, "merge", "side", check=False)

        with pytest.raises(FatalError, match="a.py has an unresolved merge conflict") as refusal:
            changes.staged(root)
        assert "git add" in refusal.value.remedy


def _content(root: Path, blob: str) -> bytes:
    return contents(root, [blob])[blob]


def _diverge(root: Path, ours: str, theirs: str) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    commit(root, {theirs: "x = 'theirs'\n"})
    git(root, "switch", "--quiet", "main")
    commit(root, {ours: "x = 'ours'\n"})


class TestLeftOut:
    def test_a_symlink(self, root: Path) -> None:
        (root / "link.py").symlink_to("a.py")
        git(root, "add", "link.py")

        changed = changes.staged(root)

        assert changed.files == ()
        assert _reasons(changed) == {"link.py": "it is a symbolic link"}
        assert changed.paths() == {"link.py"}

    def test_a_submodule(self, root: Path, tmp_path: Path) -> None:
        other = make_repository(tmp_path / "other", {"x.py": ""})
        allowed = ("-c", "protocol.file.allow=always")
        git(root, *allowed, "submodule", "--quiet", "add", str(other), "sub")

        changed = changes.staged(root)

        assert _paths(changed) == [".gitmodules"]
        assert "submodule" in _reasons(changed)["sub"]

    def test_a_link_into_nothing_or_to_a_folder(self, root: Path) -> None:
        (root / "data").symlink_to(root.parent)
        (root / "lost.py").symlink_to("nowhere")
        git(root, "add", "data", "lost.py")
        commit(root)
        for name, target in (("data", "sub"), ("lost.py", "elsewhere")):
            (root / name).unlink()
            (root / name).symlink_to(target)

        changed = changes.working_tree(root)

        assert changed.files == ()
        assert _reasons(changed) == dict.fromkeys(["data", "lost.py"], "it is a symbolic link")

    def test_a_file_that_became_a_link(self, root: Path) -> None:
        (root / "a.py").unlink()
        (root / "a.py").symlink_to("b.py")

        assert _reasons(changes.working_tree(root)) == {"a.py": "it is a symbolic link"}

    def test_a_deleted_file(self, root: Path) -> None:
        git(root, "rm", "--quiet", "a.py")

        changed = changes.staged(root)

        assert changed.files == ()
        assert _reasons(changed) == {"a.py": "it is deleted"}

    def test_a_pointer_of_git_lfs(self, root: Path) -> None:
        pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"
        stage(root, {"model.py": pointer})

        assert "Git LFS" in _reasons(changes.staged(root))["model.py"]

    @pytest.mark.parametrize("attribute", ["linguist-generated", "linguist-vendored=true"])
    def test_what_gitattributes_calls_others_work(self, root: Path, attribute: str) -> None:
        stage(root, {".gitattributes": f"made/* {attribute}\n", "made/x.py": "", "own.py": ""})

        changed = changes.staged(root)

        assert _paths(changed) == [".gitattributes", "own.py"]
        assert attribute.partition("=")[0] in _reasons(changed)["made/x.py"]

    def test_not_what_gitattributes_says_is_ones_own(self, root: Path) -> None:
        stage(root, {".gitattributes": "* -linguist-generated\n", "own.py": ""})

        assert _paths(changes.staged(root)) == [".gitattributes", "own.py"]


class TestGiven:
    def test_no_name(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(root)

        assert changes.given(root, []).files == ()

    def test_a_staged_file_is_compared_with_the_last_commit(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(root)
        stage(root, {"a.py": "a = 2\n"})
        write(root, {"a.py": "a = 3\n"})

        assert changes.given(root, ["a.py"]).files == changes.staged(root).files

    def test_a_file_that_did_not_change_is_judged_whole(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(root)

        (file,) = changes.given(root, ["a.py"]).files

        assert file.blob and not file.base_blob

    def test_an_older_base_may_be_named(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(root)
        commit(root, {"a.py": "a = 2\n"})

        (file,) = changes.given(root, ["a.py"], base="HEAD~1").files

        assert git(root, "cat-file", "-p", file.base_blob) == "a = 1"

    def test_an_untracked_file_is_judged_as_it_is_on_disk(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(root)
        write(root, {"new.py": "n = 1\n"})

        (file,) = changes.given(root, ["new.py"]).files

        assert (file.path, file.blob, file.language) == ("new.py", "", "python")

    def test_names_are_relative_to_the_current_folder(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit(root, {"sub/c.py": "", "sub/d.py": ""})
        monkeypatch.chdir(root / "sub")

        assert _paths(changes.given(root, ["c.py", "../a.py"])) == ["a.py", "sub/c.py"]
        assert _paths(changes.given(root, ["."])) == ["sub/c.py", "sub/d.py"]

    def test_any_order_and_any_split_say_the_same(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(root)
        git(root, "mv", "a.py", "z.py")
        stage(root, {"b.py": "b = 2\n", "c.sh": "#!/bin/sh\n"})
        names = ["z.py", "c.sh", "b.py"]

        together = changes.given(root, names).files

        assert changes.given(root, names[::-1]).files == together
        apart = [file for name in names for file in changes.given(root, [name]).files]
        assert sorted(apart, key=lambda file: file.path) == list(together)

    @pytest.mark.parametrize(
        "name, complaint",
        [("../elsewhere.py", "is outside of the repository"), ("nope.py", "there is no file")],
    )
    def test_a_name_that_is_no_file_of_ours_is_refused(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, name: str, complaint: str
    ) -> None:
        monkeypatch.chdir(root)
        write(root.parent, {"elsewhere.py": ""})

        with pytest.raises(FatalError, match=complaint):
            changes.given(root, ["a.py", name])

    @pytest.mark.parametrize(
        "name", ["-dash.py", "with space.py", "new\nline.py", 'quo"te.py', "st*r.py", "ä.py"]
    )
    def test_an_odd_name_stays_as_it_is(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(root)
        stage(root, {name: "x = 1\n"})

        assert _paths(changes.given(root, [name])) == [name]
        assert _paths(changes.staged(root)) == [name]

    def test_a_name_that_is_not_utf_8_stays_as_it_is(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(root)
        name = os.fsdecode(b"caf\xe9.py")
        stage(root, {name: "x = 1\n"})

        assert _paths(changes.given(root, [name])) == [name]


class TestWorkingTree:
    def test_nothing_changed_though_a_file_was_touched(self, root: Path) -> None:
        (root / "link.py").symlink_to("a.py")
        git(root, "add", "link.py")
        commit(root)
        for name in ("a.py", "link.py"):
            os.utime(root / name, (1, 1), follow_symlinks=False)

        changed = changes.working_tree(root)

        assert (changed.files, changed.left_out) == ((), ())

    def test_edited_staged_and_untracked_files_are_judged(self, root: Path) -> None:
        commit(root, {".gitignore": "ignored.py\n"})
        stage(root, {"a.py": "a = 2\n"})
        write(root, {"b.py": "b = 2\n", "new.py": "", "ignored.py": ""})

        changed = changes.working_tree(root)

        assert _paths(changed) == ["a.py", "b.py", "new.py"]
        assert [bool(file.base_blob) for file in changed.files] == [True, True, False]

    def test_the_index_is_left_alone(self, root: Path) -> None:
        os.utime(root / "a.py", (1, 1))
        before = (root / ".git" / "index").read_bytes()

        changes.working_tree(root)

        assert (root / ".git" / "index").read_bytes() == before

    def test_a_repository_inside_of_this_one_is_left_out(self, root: Path) -> None:
        make_repository(root / "inner", {"x.py": ""})

        changed = changes.working_tree(root)

        assert changed.files == ()
        assert [gone.path for gone in changed.left_out] == ["inner/"]

    def test_line_ends_that_git_translates_are_no_change(self, root: Path) -> None:
        git(root, "config", "core.autocrlf", "true")
        write(root, {"a.py": "a = 1\r\n"})

        assert changes.working_tree(root).files == ()

    def test_intent_to_add_is_judged_as_it_is_on_disk(self, root: Path) -> None:
        write(root, {"c.py": "c = 1\n"})
        git(root, "add", "--intent-to-add", "c.py")

        (file,) = changes.working_tree(root).files

        assert (file.path, file.blob, file.base_blob) == ("c.py", "", "")

    def test_a_conflict_after_a_stash_is_refused(self, root: Path) -> None:
        write(root, {"a.py": "a = 'stashed'\n"})
        git(root, "stash")
        commit(root, {"a.py": "a = 'committed'\n"})
        git(root, "stash", "pop", check=False)

        for changed in (changes.working_tree, changes.staged, changes.whole_tree):
            with pytest.raises(FatalError, match="a.py has an unresolved merge conflict"):
                changed(root)

    @pytest.mark.parametrize("name", ["new\nline.py", "-dash.py", "tab\t.py", 'quo"te.py'])
    def test_an_odd_name_stays_as_it_is(self, root: Path, name: str) -> None:
        commit(root, {name: "x = 1\n"})
        write(root, {name: "x = 2\n", f"{name}.py": ""})

        assert _paths(changes.working_tree(root)) == [name, f"{name}.py"]
        commit(root, {name: "x = 2\n"})
        assert _paths(changes.between(root, "HEAD~1")) == [name]

    def test_a_name_that_is_not_utf_8_stays_as_it_is(self, root: Path) -> None:
        name = os.fsdecode(b"caf\xe9.py")
        commit(root, {name: "x = 1\n"})
        write(root, {name: "x = 2\n"})

        assert _paths(changes.working_tree(root)) == [name]
        assert name in _paths(changes.between(root, git(root, "rev-parse", "HEAD~1")))


class TestLanguage:
    def test_is_told_by_the_blob_that_is_judged(self, root: Path) -> None:
        stage(
            root,
            {"run": "#!/bin/bash\n", "note.ipynb": "{}", "text": "plain\n", "z.sh": "#!/bin/zsh"},
        )
        write(root, {"run": "no script any more\n", "text": "#!/bin/sh\n"})

        told = {file.path: file.language for file in changes.staged(root).files}

        assert told == {"run": "shell", "note.ipynb": "notebook", "text": "", "z.sh": ""}

    def test_of_a_large_file_without_an_ending_is_none(self, root: Path) -> None:
        stage(root, {"weights": b"#!/bin/sh\n" + b"\0" * (1 << 20), "run": "#!/bin/sh\n"})

        told = {file.path: file.language for file in changes.staged(root).files}

        assert told == {"weights": "", "run": "shell"}


class TestWholeTree:
    def test_every_tracked_file_is_judged_whole(self, root: Path) -> None:
        write(root, {"untracked.py": ""})

        changed = changes.whole_tree(root)

        assert _paths(changed) == ["a.py", "b.py"]
        assert changed.everything
        assert not any(file.base_blob for file in changed.files)


class TestRoot:
    def test_is_found_from_a_folder_below(self, root: Path) -> None:
        (root / "deep" / "er").mkdir(parents=True)

        assert changes.root_of(root / "deep" / "er") == root.resolve()

    def test_a_folder_that_is_in_no_repository_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(FatalError, match="is not in a git repository") as refusal:
            changes.root_of(tmp_path)
        assert "git init" in refusal.value.remedy

    def test_a_folder_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(FatalError, match="is not a folder"):
            changes.root_of(tmp_path / "nowhere")
