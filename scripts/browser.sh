#!/usr/bin/env bash
# Debian's Chromium and its driver, for the tests of the dashboard: installed where they are missing and apt is there.
set -euo pipefail

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ -x /usr/bin/chromedriver ] || missing+=(chromium-driver)
[ "${#missing[@]}" -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "browser: ${missing[*]} missing; install them, or the tests of the dashboard are skipped" >&2
    exit 0
fi
echo "browser: installing ${missing[*]}" >&2
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
