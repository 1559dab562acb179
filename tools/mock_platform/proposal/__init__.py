"""This project's proposal, which Dynamo does not have: requests say their progress and dashboard.

`settings` reads whether it is switched on (it is off by default); `request_progress` is then what the stand-in's
request reconciler calls beside its own steps (`Extension` of the operator). The operator imports nothing from here
while it is off.
"""
