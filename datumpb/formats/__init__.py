"""Dataset formats, a module or package each; they know items and nothing of each other."""
