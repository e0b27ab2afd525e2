"""Resources of every source -> one World, joined by reference."""
