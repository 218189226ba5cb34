"""Known drifts between the configurations, put into one of them on purpose; only a drill uses this.

    python -m rumiai_parity.faults FAULT local clip.mp4 …

starts the command line of ``rumiai_v2`` with one fault put in, in that process alone.
"""
