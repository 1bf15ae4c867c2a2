"""What is generated, never typed: the reference pages, tables, schemas and pictures, made from the code.

`python -m reference` writes them and `python -m reference --check` compares them; Invoke and nox call these two.
"""
