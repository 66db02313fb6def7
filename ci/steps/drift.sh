#!/bin/sh
# Looks whether everything is as the files say, down to what a usual plan does not read. Leaves with 3 when it is not.
set -eu
. "$(dirname "$0")/tenantry.sh"

code=0
tenantry plan --markdown --exit-code --deep > "$report" || code=$?
if [ "$code" -eq 3 ]; then
  printf '\n**Not everything is as the files say. Put it back by an apply, or change the files.**\n' >> "$report"
elif [ "$code" -ne 0 ]; then
  printf '\n**Tenantry could not tell, or a guard stops it (exit code %s). The log says why.**\n' "$code" >> "$report"
fi
cat "$report"
publish
exit "$code"
