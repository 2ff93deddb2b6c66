"""What the service itself keeps: keys and feedback, in one SQLite database in the state folder."""
