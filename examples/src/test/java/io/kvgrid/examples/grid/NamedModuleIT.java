package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that is a named module, compiled here and run on the module path, keeps a record in a grid. */
@Timeout(60)
class NamedModuleIT {
    /** Class path entries that are no part of such an application. */
    private static final Pattern OTHERS = Pattern.compile("test-classes$|-tests\\.jar$|testkit.target.[^/\\\\]*$"
            + "|(examples|arbiter-ratis).target.[^/\\\\]*$|(ratis|picocli|h2|logback-classic|logback-core)-[^/\\\\]*\\.jar$"
            + "|(testkit|junit|opentest4j|apiguardian|archunit|assertj|awaitility|byte-buddy)[^/\\\\]*\\.jar$");

    private static final String MAIN = """
            package com.acme.app;

            import io.kvgrid.GridNode;
            import io.kvgrid.core.KryoSerializer;
            import java.nio.file.Path;
            import java.util.List;

            public final class Main {
                record Order(String item, int count, List<Order> parts) {}

                public static void main(String[] args) {
                    for (int run = 0; run < 2; run++) {
                        try (GridNode<String, Order> orders = GridNode.builder("orders", String.class, Order.class)
                                .dataRoot(Path.of(args[0]))
                                .serializer(KryoSerializer.builder(Order.class).register(Order.class, 100).build())
                                .start()) {
                            orders.ready().join();
                            System.out.println("found " + orders.get("o").join());
                            orders.insert("o", new Order("desk", 1, List.of(new Order("leg", 4, List.of())))).join();
                        } catch (IllegalArgumentException e) {
                            System.out.println("refused: " + e.getMessage());
                        }
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    @Test
    void recordOfANamedModuleIsKept() throws Exception {
        assertThat(run("opens com.acme.app;"))
                .containsSubsequence(
                        "found Optional.empty",
                        "found Optional[Order[item=desk, count=1, parts=[Order[item=leg, count=4, parts=[]]]]]");
    }

    @Test
    void recordInAPackageThatIsNotOpenedIsRefusedAtRegistrationSayingWhatToAdd() throws Exception {
        assertThat(run("exports com.acme.app;"))
                .anySatisfy(line -> assertThat(line).startsWith("refused: ").contains("opens com.acme.app;"))
                .noneMatch(line -> line.startsWith("found"));
    }

    private List<String> run(String directive) throws IOException, InterruptedException {
        Path source = Files.createDirectories(directory.resolve("src/com/acme/app"));
        Path info = Files.writeString(
                directory.resolve("src/module-info.java"),
                "module com.acme { requires io.kvgrid.api; requires io.kvgrid.core; " + directive + " }");
        Path main = Files.writeString(source.resolve("Main.java"), MAIN);
        String libraries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !OTHERS.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
        Path classes = directory.resolve("classes");
        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-p",
                        libraries,
                        "-d",
                        classes.toString(),
                        info.toString(),
                        main.toString());
        assertThat(compiled).isZero();
        try (OtherProcess application = OtherProcess.start(List.of(
                "-p",
                classes + File.pathSeparator + libraries,
                "--add-modules",
                "io.kvgrid.transport.netty,io.kvgrid.persistence.file",
                "-m",
                "com.acme/com.acme.app.Main",
                directory.resolve("data").toString()))) {
            return application.lines();
        }
    }
}
