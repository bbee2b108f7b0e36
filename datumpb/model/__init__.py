"""The data model: plain typed classes with numpy arrays, which know nothing of files or messages."""
