"""The storm: a real month and a flood of alerts against targets that fail in every way that can be arranged."""
