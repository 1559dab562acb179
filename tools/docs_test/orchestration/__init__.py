"""Runs the units of a plan: one after the other in this process, or several at a time, each in one of its own.

A plan comes in (`planning`), results of pages go out, whatever ends the run.
"""
