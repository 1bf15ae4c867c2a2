"""The shell script that brings memory and metrics back from a temporary checkout, as a commit on its branch."""

COMMIT_STATE = """\
# Commit memory and metrics on top of the commit that was checked out, whatever else the agent did, and push it.
export GIT_AUTHOR_NAME=kaizen-agentic GIT_AUTHOR_EMAIL=kaizen-agentic@localhost
export GIT_COMMITTER_NAME=kaizen-agentic GIT_COMMITTER_EMAIL=kaizen-agentic@localhost
branch="${GITHUB_REF_NAME:-$(git rev-parse --abbrev-ref origin/HEAD)}"
branch="${branch#origin/}"
start="${GITHUB_SHA:-$(git rev-parse "origin/$branch")}"
index=$(mktemp -d)
GIT_INDEX_FILE="$index/index" git read-tree "$start"
for folder in agents metrics; do
  if [ -d "${KAIZEN_TARGET:-.}/.kaizen/$folder" ]; then
    GIT_INDEX_FILE="$index/index" git add --all -- "${KAIZEN_TARGET:-.}/.kaizen/$folder" ':(exclude)*summary.json'
  fi
done
tree=$(GIT_INDEX_FILE="$index/index" git write-tree)
if [ "$tree" != "$(git rev-parse "$start^{tree}")" ]; then
  commit=$(git commit-tree "$tree" -p "$start" -m "Record a run of $KAIZEN_AGENT")
  git worktree add --quiet --detach "$index/work" "$commit"
  # Lines of both sides are kept, as the files of schedule init say.
  echo '*.jsonl merge=union' >> "$(git rev-parse --git-path info/attributes)"
  echo 'memory.md merge=union' >> "$(git rev-parse --git-path info/attributes)"
  pushed=no
  for pause in 1 2 4 8 16; do
    if [ -n "${PUSH_TOKEN:-}" ]; then
      header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$PUSH_TOKEN" | base64 | tr -d '\\n')"
      git -C "$index/work" -c "http.extraheader=$header" push --quiet origin "HEAD:refs/heads/$branch" && pushed=yes
    else
      git -C "$index/work" push --quiet origin "HEAD:refs/heads/$branch" && pushed=yes
    fi
    if [ "$pushed" = yes ]; then break; fi
    sleep "$pause"
    git -C "$index/work" fetch --quiet origin "$branch"
    git -C "$index/work" rebase --quiet FETCH_HEAD || git -C "$index/work" rebase --abort
  done
  git worktree remove --force "$index/work"
  if [ "$pushed" = no ]; then
    echo "the memory and metrics of this run could not be pushed" >&2
    exit 1
  fi
fi
"""
