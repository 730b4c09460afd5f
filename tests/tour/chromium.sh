#!/bin/sh
# Installs Debian's chromium for the tests that need a browser, where root and apt-get can. What cannot be done is said
# and is no failure: those tests are skipped then, with their reason.
set -u
PATIENCE=300

say() { echo "browser: $*"; }

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        say "$(command -v "$name") is here"
        exit 0
    fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "no chromium, and only root with apt-get can install it: the tests that need one are skipped"
    exit 0
fi
say "installing chromium, for $PATIENCE seconds at most"
export DEBIAN_FRONTEND=noninteractive
install() { timeout "$PATIENCE" apt-get install --yes --quiet --no-install-recommends chromium >"$log" 2>&1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists of packages may be older than the packages.
if install || { timeout 120 apt-get update --quiet >"$log" 2>&1 && install; }; then
    say "installed $(chromium --version 2>/dev/null)"
else
    say "chromium cannot be installed, the tests that need one are skipped; apt-get said last:"
    tail -n 3 "$log"
fi
exit 0
