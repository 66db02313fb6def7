#!/bin/sh
# Checks all files. Needs no network, no credentials and no secret.
set -eu
# shellcheck source=ci/steps/tenantry.sh
. "$(dirname "$0")/tenantry.sh"

told "the files" tenantry validate
