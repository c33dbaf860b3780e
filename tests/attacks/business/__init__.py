"""A vendor's business with its customers' money, moved at random: acts (`money`, `plans`, `passing`) on a `world`, and
what must hold after each (`checks`).

An act takes the world and three numbers that choose; the same numbers give the same business, so that Hypothesis can
shrink what it finds and a long run can be repeated from its seed.
"""
