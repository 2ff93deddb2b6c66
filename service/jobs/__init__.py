"""Reports as jobs of the server: kept in the state, each worked on by a process of its own."""
