"""How likely patients come back and appointments are kept, and how far such figures can be trusted."""
