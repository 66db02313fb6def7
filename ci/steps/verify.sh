#!/bin/sh
# Proves every connection as the apps really use it. Needs the apps' databases, their keys and the store, and no
# credentials of an identity provider.
set -eu
# shellcheck source=ci/steps/tenantry.sh
. "$(dirname "$0")/tenantry.sh"

told "the proof" tenantry verify
