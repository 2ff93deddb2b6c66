"""Batch similarity reports: many schools, each with its concerns, matched and compared with one another."""
