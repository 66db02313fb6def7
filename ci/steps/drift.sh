#!/bin/sh
# Looks whether everything is as the files say, down to what a usual plan does not read. Leaves with 3 when it is not.
set -eu
# shellcheck source=ci/steps/tenantry.sh
. "$(dirname "$0")/tenantry.sh"

rm -f plan.json
code=0
tenantry plan --markdown --exit-code --deep --out plan.json > "$report" || code=$?
# What a guard would stop is drift too: nobody wants to apply it here.
if [ "$code" -eq 4 ] && [ -f plan.json ] && grep -q '"action": ' plan.json; then code=3; fi
if [ "$code" -eq 3 ]; then
  printf '\n**Not everything is as the files say. Put it back by an apply, or change the files.**\n' >> "$report"
elif [ "$code" -ne 0 ]; then
  printf '\n**Tenantry could not tell (exit code %s). The log says why.**\n' "$code" >> "$report"
fi
cat "$report"
publish
exit "$code"
