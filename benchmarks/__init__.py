"""Speed and quality, side by side with what a user would pick instead; results are committed."""
