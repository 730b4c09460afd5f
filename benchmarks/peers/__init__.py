"""Our watcher against what a reader would use instead: urlwatch, webchanges and changedetection.io."""
