"""One training of an edited program: on a copy of its folder, in a process of its own, with its seeds set."""
