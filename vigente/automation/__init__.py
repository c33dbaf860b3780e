"""Automation: rules that act on cases when something happens, when time goes by, or at the press of a button.

What is decided is `rules/automation`; here are the rules as rows, what they did, and the doing, through the services of
cases. The worker asks after every event (`consumers`) and as time goes by (`timed`).
"""
