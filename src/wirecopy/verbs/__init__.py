"""What the command's verbs do. `cli.py` names them; each module here holds those of one subject.

They are imported when a verb runs, not before, so that `wirecopy --help` answers at once.
"""
