#!/bin/sh
# Spark tests need Java, browser tests need Chromium. Install them where that is possible without asking.
set -u
missing=""
command -v java >/dev/null 2>&1 || missing="$missing default-jre-headless"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing (Debian/Ubuntu packages) ..."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 \
        || echo "Could not install$missing; the tests that need them will be skipped."
else
    echo "Not installed:$missing. The tests that need them will be skipped; as root on Debian or Ubuntu: apt-get install$missing"
fi
exit 0
