#!/bin/sh
# Carries out exactly the plan that was approved, or nothing. Plans afresh first; leaves with 4 and changes nothing when
# the effects are not the same any more.
set -eu
# shellcheck source=ci/steps/tenantry.sh
. "$(dirname "$0")/tenantry.sh"

# Effects are compared by Tenantry. The commit is compared here: what was approved is the plan of this very pipeline.
commit=${GITHUB_SHA:-${CI_COMMIT_SHA:-}}
if [ ! -f plan.json ] || ! grep -q "^  \"commit\": \"$commit\",\$" plan.json; then
  printf 'There is no plan of the commit %s here: run the pipeline of this commit again.\n' "${commit:-(none)}" >&2
  exit 4
fi

told "the apply" tenantry_acknowledging apply --plan plan.json --yes
