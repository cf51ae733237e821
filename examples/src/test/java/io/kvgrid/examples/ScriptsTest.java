package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts beside the examples, in a copy of the project whose {@code mvn} and {@code java} only pretend. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ScriptsTest {
    @TempDir
    private Path project;

    @BeforeEach
    void copyScripts() throws IOException {
        Files.createDirectories(project.resolve("examples/src/main"));
        Files.createDirectories(project.resolve("bin"));
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.writeString(project.resolve("examples/pom.xml"), "<project/>");
        for (String script : List.of("build.sh", "demo.sh", "shell.sh", "witness.sh", "measure.sh")) {
            Files.copy(Path.of(script), project.resolve("examples").resolve(script));
        }
        pretend("mvn", "echo building; echo built >> \"$PRETEND/builds\"; sleep 0.3");
        pretend("java", "echo \"$@\"");
    }

    private void pretend(String command, String body) throws IOException {
        Path file = Files.writeString(project.resolve("bin").resolve(command), "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process start(String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "examples/" + script));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectError(project.resolve(script + ".err").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("PATH", project.resolve("bin") + ":" + environment.get("PATH"));
        environment.put("PRETEND", project.toString());
        environment.remove("JAVA_HOME");
        return builder.start();
    }

    private static List<String> output(Process process, int exitCode) throws Exception {
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exitCode);
        return lines;
    }

    private long builds() throws IOException {
        Path builds = project.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    @Test
    void shellPassesItsArgumentsAndKeepsTheBuildOffStandardOutput() throws Exception {
        List<String> output = output(start("shell.sh", "--id", "a b"), 0);

        assertThat(output).singleElement().asString().endsWith(" io.kvgrid.examples.GridShell --id a b");
    }

    @Test
    void shellIsTheJvmSoThatASignalReachesTheNode() throws Exception {
        pretend("java", "echo $$");
        Process shell = start("shell.sh");

        assertThat(output(shell, 0)).containsExactly(String.valueOf(shell.pid()));
    }

    @Test
    void shellsThatStartTogetherBuildOnce() throws Exception {
        List<Process> shells = List.of(start("shell.sh"), start("shell.sh"), start("shell.sh"));

        for (Process shell : shells) {
            assertThat(output(shell, 0)).hasSize(1);
        }

        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void changedSourceIsBuiltAgain() throws Exception {
        output(start("shell.sh"), 0);
        output(start("shell.sh"), 0);
        assertThat(builds()).isEqualTo(1);

        Files.writeString(project.resolve("examples/src/main/Changed.java"), "class Changed {}");

        output(start("shell.sh"), 0);
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void failedBuildFailsTheDemo() throws Exception {
        pretend("mvn", "echo broken; exit 1");

        assertThat(output(start("demo.sh"), 1)).containsExactly("DEMO FAILED the build failed");
        assertThat(output(start("shell.sh"), 1)).isEmpty();
    }

    @Test
    void demoThatEndsWithoutAWordHasFailed() throws Exception {
        pretend("java", "kill -9 $$");

        assertThat(output(start("demo.sh"), 1))
                .last()
                .isEqualTo("DEMO FAILED the demonstration ended with exit code 137");
    }

    @Test
    void demoPassesOnWhatTheExampleSaid() throws Exception {
        pretend("java", "echo DEMO FAILED something was lost; exit 1");

        assertThat(output(start("demo.sh"), 1)).containsExactly("DEMO FAILED something was lost");
    }
}
