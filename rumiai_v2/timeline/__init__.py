"""From service results to one timeline, and from the timeline to the temporal markers."""
