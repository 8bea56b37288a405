"""What plugins import, and nothing else of the portal: themed modules with documented names.

`docs/plugin-guide.md` describes every name, `docs/hooks.md` every hook.
"""
