"""What a case study is: records, reading and writing them, checks, and the passages cut from them.

The lowest layer. It knows no vectors and no network, and imports nothing from the other three.
"""
