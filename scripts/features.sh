#!/usr/bin/env bash
# Says which dependencies of the SDK have other features in the whole workspace than in a part of it. Each of them makes
# cargo build the SDK, which takes minutes, twice. What it names goes into crates/aws/Cargo.toml.
set -euo pipefail
cd "$(dirname "$0")/.."

# The packages with their features, without what only procedural macros and build scripts tell apart.
features() { cargo tree --locked "$@" --prefix none --format '{p} {f}' | sed -E 's/ \((\*|proc-macro)\)//g' | sort -u; }

sdk=$(cargo tree --locked --package statewright-aws --edges normal,build --depth 1 --prefix none --format '{p}' |
  awk '/^aws-/ { print "--package", $1 }')
# shellcheck disable=SC2086 # each word is an argument
closure=$(cargo tree --locked $sdk --edges normal,build --prefix none --format '{lib}' | grep -v '^$' | sort -u)

status=0
for selection in statewright statewright-aws; do
  apart=$(comm -13 <(features --workspace --edges normal,build,dev) <(features --package "$selection" --edges normal,build,dev) |
    while read -r name rest; do if grep -qx "${name//-/_}" <<<"$closure"; then echo "  $name $rest"; fi; done)
  if [ -n "$apart" ]; then
    echo "with --package $selection the SDK is built again, for these have other features than in the workspace:" >&2
    echo "$apart" >&2
    status=1
  fi
done
exit $status
