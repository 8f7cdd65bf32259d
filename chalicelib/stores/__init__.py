"""Items and keys, written once over the Table port. Functions here give actions or read; the use cases commit (docs/data-model.md)."""
