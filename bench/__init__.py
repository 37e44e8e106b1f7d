"""Measurements: each a ratio to a floor or a peer of the same run, where there is one."""
