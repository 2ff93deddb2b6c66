"""Finding passages by meaning and by words; knows cases as texts with rows, not as schools to compare."""
