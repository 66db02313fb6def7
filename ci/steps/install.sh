#!/bin/sh
# Installs Tenantry and all below it as package-lock.json pins them. No package's own scripts are run.
set -eu

npm ci --ignore-scripts --no-audit --no-fund
