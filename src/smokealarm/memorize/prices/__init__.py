"""What memory costs, in plain numbers: the parts of a peak, the devices, the price of each remedy."""
