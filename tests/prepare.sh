#!/bin/sh
# Spark tests need Java, browser tests need Chromium, one test of live ingest Segment's client for Node. Install them where
# that is possible without asking.
set -u
if command -v npm >/dev/null 2>&1 && [ ! -d build/node/node_modules/@segment/analytics-node ]; then
    echo "Installing for the tests: @segment/analytics-node (npm, into build/node) ..."
    npm install --silent --no-audit --no-fund --prefix build/node @segment/analytics-node@3.1.0 >/dev/null 2>&1 \
        || echo "Could not install @segment/analytics-node; the test that needs it will be skipped."
fi
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
