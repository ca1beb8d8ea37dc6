"""What a training step costs in memory, told without a GPU: counted by storage, real or imagined."""
