"""Files that hold several documents: archives, crawls, tables with a column of texts.

Each kind is a module with ``documents(item)``, which yields an :class:`~gknlp.corpus.inputs.Input` with its bytes for
every document, one at a time, and one with a ``problem`` for what cannot be read. Nothing is unpacked to a disk.
"""
