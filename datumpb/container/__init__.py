"""The container of docs/FORMAT.md: the records that make up a .datum file."""
