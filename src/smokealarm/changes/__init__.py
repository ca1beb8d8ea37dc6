"""What changed, in every git situation: each function builds `Changes` from a real repository.

Blobs are judged, never the working tree, save where the content is nowhere else. Nothing here
stashes, checks out or writes to the repository.
"""

from smokealarm.changes.commits import between
from smokealarm.changes.events import of_github
from smokealarm.changes.given import given
from smokealarm.changes.here import Here, here, root_of
from smokealarm.changes.local import staged, whole_tree, working_tree

__all__ = [
    "Here",
    "between",
    "given",
    "here",
    "of_github",
    "root_of",
    "staged",
    "whole_tree",
    "working_tree",
]
