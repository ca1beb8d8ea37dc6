"""Train: python -m scans.train"""

import lightning.pytorch as pl

from scans.data import Digits
from scans.module import Reader


def main() -> None:
    pl.seed_everything(0)
    trainer = pl.Trainer(max_epochs=15, accelerator="auto", gradient_clip_val=1.0)
    trainer.fit(Reader(), datamodule=Digits())
    trainer.save_checkpoint("model.ckpt")


if __name__ == "__main__":
    main()
