"""What patients write back means, and what follows from it: pure rules, no clock and no storage (R-E1 ff)."""
