"""The seven ML services, one file per library behind one protocol (``base.Service``)."""
