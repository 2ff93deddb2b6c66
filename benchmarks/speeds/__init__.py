"""The rows of `benchmarks.speed`, one module a subject."""
