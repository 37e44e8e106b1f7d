"""How long things take, measured in the embedded world. Never shipped."""
