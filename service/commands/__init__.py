"""The commands of `warts`, one module a subject."""
