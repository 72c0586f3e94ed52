#!/usr/bin/env bash
# Debian's Chromium and its driver, for the tests of the dashboard. They are of the system, so they are installed only where that
# is asked for (`browser.sh install`) and in continuous integration; else it is said what is skipped without them.
set -euo pipefail

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ -x /usr/bin/chromedriver ] || missing+=(chromium-driver)
[ "${#missing[@]}" -gt 0 ] || exit 0
if [ "${1:-}" != install ] && [ -z "${CI:-}" ]; then
    printf '\n  SKIPPED: the tests of the dashboard: %s missing. `make browser` installs what they need.\n\n' "${missing[*]}" >&2
    exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "browser: ${missing[*]} missing; install them as root, or the tests of the dashboard are skipped (with CI set: fail)" >&2
    exit 0
fi
echo "browser: installing ${missing[*]}" >&2
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
