"""Pure: reads two snapshots of a study as a trial expert does, and names the differences."""
