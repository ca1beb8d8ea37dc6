"""The training set-up as the smoke test sees it: the Trainer of train.py."""

import tempfile

from transformers import Trainer

from patches.train import make_trainer


def setup(seed: int) -> Trainer:
    return make_trainer(output=tempfile.gettempdir())
