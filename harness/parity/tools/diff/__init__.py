"""Two sides, whatever they were read from, compared as one pair: captures, folders of outputs, goldens, files."""
