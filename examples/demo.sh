#!/usr/bin/env bash
# Builds what the demonstration needs, without tests, and runs it: three processes, three kinds of death, no loss.
# The last line is "DEMO OK ..." and the exit code 0, or "DEMO FAILED ..." and 1.
set -uo pipefail

failed() {
    echo "DEMO FAILED $1"
    exit 1
}

source "$(dirname "${BASH_SOURCE[0]}")/build.sh" || failed "the project's directory cannot be entered"
build_examples || failed "the build failed"

(run_java io.kvgrid.examples.ThreeNodes "$@")
status=$?
if ((status > 1)); then
    failed "the demonstration ended with exit code $status"
fi
exit "$status" # 0 or 1: the demonstration has said why
