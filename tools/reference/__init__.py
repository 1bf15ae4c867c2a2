"""The generator of the reference pages, tables and schemas that are made from the code.

`python -m reference` writes them and `python -m reference --check` compares them. Invoke and nox call these two.
"""
