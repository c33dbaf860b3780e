"""A vendor and its customers, invented from a seed, living through months of the real services (`vigente simulate`).

Here: who they are (`world`), what they do (`customers`, `agents`, `contracts`), in which order (`run`). Nothing here
writes a row of the books itself: every act is a call of the service that a page would call.
"""
