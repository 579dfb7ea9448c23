"""Core values in. One module per noun; only ``flow`` imports it, and ``flow`` opens the transaction."""
