"""From a concern in a leader's words to explained matches: the part this project exists for.

`engine.matcher.Matcher.match` is the whole path, readable top to bottom.
"""
