#!/usr/bin/env bash
# Breaks one rule after the other and looks for the seed or the scene that notices: mutants.sh [MUTANT]...
# Prints what found each, on all cores; the exit code is 1 if one is not found within 400 seeds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mvn -q -B -pl kvgrid-core -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath >&2
exec java -XX:+UseParallelGC -Dkvgrid.sim.trace=0 \
    -cp "kvgrid-core/target/test-classes:kvgrid-core/target/classes:$(cat kvgrid-core/target/test.classpath)" \
    io.kvgrid.core.sim.MutantHunt "$@"
