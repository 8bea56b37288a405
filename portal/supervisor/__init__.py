"""The supervisor: starts, watches and stops every process the portal consists of on one machine.

`python -m portal.run` is its entry. Nothing in here imports the web application.
"""
