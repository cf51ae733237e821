# Sourced by the scripts beside it; leaves them in the project's directory. Defines:
#   build_examples  builds what the examples need, unless it is there and newer than the sources
#   run_java        runs a JVM with the examples' class path, as the present command
# All output of the build goes to standard error.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

built=examples/target/built
class_path="$PWD/examples/target/classes:$PWD/examples/target/lib/*"

is_built() {
    [[ -f $built && -z $(find pom.xml ./*/pom.xml ./*/src/main -newer "$built" -print -quit) ]]
}

# Several scripts may start at once in a fresh clone: the first one builds, the others wait for it.
build_examples() {
    if is_built; then
        return
    fi
    mkdir -p examples/target
    (
        if command -v flock > /dev/null; then
            flock 9
        fi
        if is_built; then
            exit
        fi
        echo "building kvgrid, without its tests ..."
        touch "$built.start"
        # The checks that do not change what is built are left to 'mvn verify'. The mark is as old as the start of the
        # build, so that a source that changes meanwhile is newer.
        mvn -B -q -DskipTests -Dspotless.check.skip -Denforcer.skip -Dmdep.analyze.skip -pl examples -am package &&
            mv "$built.start" "$built"
    ) 9> examples/target/build.lock >&2
}

run_java() {
    local java=java
    if [[ -n ${JAVA_HOME:-} ]]; then
        java=$JAVA_HOME/bin/java
    fi
    exec "$java" -cp "$class_path" "$@"
}
