# shellcheck shell=sh
# Read by the other steps: how they call Tenantry, and where goes what they show. All run in the repository's folder.
#
#   TENANTRY_ENVIRONMENT  environment of tenantry.yaml; the one that it names itself when empty
#   TENANTRY_ACKNOWLEDGE  stops of a guard to acknowledge, as `--ack` takes them, with spaces between

report=tenantry-report.md

# The one that package-lock.json pins, never another from a registry.
tenantry() {
  ./node_modules/.bin/tenantry "$@" ${TENANTRY_ENVIRONMENT:+--env "$TENANTRY_ENVIRONMENT"}
}

# tenantry, with the acknowledgements.
tenantry_acknowledging() {
  set -f
  for name in ${TENANTRY_ACKNOWLEDGE:-}; do set -- "$@" --ack "$name"; done
  set +f
  tenantry "$@"
}

# told TITLE COMMAND...: what the command prints goes to the log and into the report. Returns its exit code.
told() {
  title=$1
  shift
  code=0
  said=$("$@") || code=$?
  printf '%s\n' "$said"
  # Indented, so that no text from a file of somebody's becomes Markdown.
  {
    printf '### Tenantry: %s (exit code %s)\n\n' "$title" "$code"
    printf '%s\n' "$said" | sed 's/^/    /'
    printf '\n'
  } > "$report"
  publish
  return "$code"
}

# Shows the report on the page of the run, where there is one; it holds 1 MiB.
publish() {
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then head -c 900000 "$report" >> "$GITHUB_STEP_SUMMARY"; fi
}
