"""Generator of reference pages, tables and schemas from the code.

`python -m reference` writes them; `python -m reference --check` compares them (used by Invoke and nox).
"""
