"""The options of the commands of docs-test.

A parser comes in and gets the options of one command; nothing of what the command does is loaded for it.
"""
