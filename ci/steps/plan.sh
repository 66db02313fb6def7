#!/bin/sh
# Shows what an apply would do, and saves it as plan.json, which holds no secret. Reads with the credentials that are
# there and sends no tenant's secret anywhere. Leaves with 0 whether there are changes or not, with 4 when a guard stops
# them: the report says what acknowledges them.
#
#   TENANTRY_CHANGED_SINCE  a commit: only the tenants whose files have changed since; all of them when empty
set -eu
# shellcheck source=ci/steps/tenantry.sh
. "$(dirname "$0")/tenantry.sh"

rm -f plan.json
code=0
tenantry_acknowledging plan --markdown --exit-code --out plan.json \
  ${TENANTRY_CHANGED_SINCE:+--changed "$TENANTRY_CHANGED_SINCE"} > "$report" || code=$?
case $code in
  0 | 3 | 4) ;;
  *) printf '\n**Tenantry: the plan is not whole (exit code %s). The log says why.**\n' "$code" >> "$report" ;;
esac
cat "$report"
publish

changes=false
if [ "$code" -eq 3 ]; then changes=true; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then printf 'changes=%s\n' "$changes" >> "$GITHUB_OUTPUT"; fi
if [ "$code" -eq 3 ]; then exit 0; fi
exit "$code"
