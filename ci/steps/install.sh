#!/bin/sh
# Installs Tenantry and all below it as package-lock.json pins them. No package's own scripts are run.
#
#   TENANTRY_TOOLS  programs of the engines that are in use: tofu, terraform, pulumi; empty with the engine `direct`
set -eu

npm ci --ignore-scripts --no-audit --no-fund

# One place for the provider plugins, which the pipeline may keep from run to run.
if [ -n "${TENANTRY_TOOLS:-}" ]; then
  plugins=${TF_PLUGIN_CACHE_DIR:-$HOME/.terraform.d/plugin-cache}
  mkdir -p "$plugins"
  if [ -n "${GITHUB_ENV:-}" ]; then printf 'TF_PLUGIN_CACHE_DIR=%s\n' "$plugins" >> "$GITHUB_ENV"; fi
fi
