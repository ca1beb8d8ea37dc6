"""The host's side of the action: standard library only, because a runner has nothing else installed."""
