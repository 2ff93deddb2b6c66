"""Reports on many schools: a run into a folder, and what is made of its lines."""
