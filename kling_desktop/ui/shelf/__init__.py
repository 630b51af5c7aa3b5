"""The reference shelf: a drawer with pictures and sets that were used before."""
