#!/bin/sh
# Puts the report into the pull request: one comment, which the next run writes over.
#
#   GH_TOKEN           a token that may write comments
#   GITHUB_REPOSITORY  owner/name
#   PULL_REQUEST       its number
set -eu
report=tenantry-report.md
mark='<!-- tenantry: the plan of this pull request -->'

{
  printf '%s\n' "$mark"
  # A comment holds 65,536 characters. A plan in Markdown has at most 60,000; issues may have more.
  head -c 60000 "$report"
  printf '\n<sub>Commit %s</sub>\n' "${HEAD_COMMIT:-unknown}"
} > tenantry-comment.md

comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
mine=$(gh api --paginate "$comments" \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id" | head -n 1)
if [ -n "$mine" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --field body=@tenantry-comment.md
else
  gh api --silent --method POST "$comments" --field body=@tenantry-comment.md
fi
