package io.kvgrid.core.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.core.KryoSerializer;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that are named modules themselves: each is compiled here, and loaded into a layer of its own. */
class NamedModulesTest {
    private static final String TYPES = """
            package com.acme.orders;

            import java.util.List;

            public final class Types {
                public record Order(String item, int count, Status status, List<Order> parts) {}
                public enum Status { OPEN }
                static final class Plain { private String text = "plain"; private Plain() {} }
                public static Object order() {
                    return new Order("desk", 1, Status.OPEN, List.of(new Order("leg", 4, null, List.of())));
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void recordInAPackageThatIsOpenedComesBack() throws Exception {
        ClassLoader application = load("module com.acme { opens com.acme.orders; }");
        Class<?> order = application.loadClass("com.acme.orders.Types$Order");
        // The package is open but not exported, so only reflection with access made reaches it.
        var factory = application.loadClass("com.acme.orders.Types").getMethod("order");
        factory.setAccessible(true);
        Object value = factory.invoke(null);
        assertThat(order.getModule().getName()).isEqualTo("com.acme");

        KryoSerializer<Object> serializer = KryoSerializer.builder(Object.class)
                .register(order, 100)
                .register(application.loadClass("com.acme.orders.Types$Status"), 101)
                .register(application.loadClass("com.acme.orders.Types$Plain"), 102)
                .build();

        assertThat(serializer.deserialize(serializer.serialize(value)))
                .isEqualTo(value)
                .hasToString("Order[item=desk, count=1, status=OPEN,"
                        + " parts=[Order[item=leg, count=4, status=null, parts=[]]]]");
    }

    @Test
    void recordInAPackageThatIsNotOpenedIsRefusedAtRegistration() throws Exception {
        ClassLoader application = load("module com.acme { exports com.acme.orders; }");
        KryoSerializer.Builder<Object> builder = KryoSerializer.builder(Object.class);

        for (String name : new String[] {"Order", "Plain"}) {
            Class<?> type = application.loadClass("com.acme.orders.Types$" + name);
            assertThatThrownBy(() -> builder.register(type, 100))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("module com.acme ", type.getName(), "`opens com.acme.orders;`");
        }
    }

    @Test
    void enumNeedsNoOpenPackage() throws Exception {
        ClassLoader application = load("module com.acme { }");
        Class<?> status = application.loadClass("com.acme.orders.Types$Status");
        KryoSerializer<Object> serializer =
                KryoSerializer.builder(Object.class).register(status, 101).build();
        Object open = status.getEnumConstants()[0];

        assertThat(serializer.deserialize(serializer.serialize(open))).isSameAs(open);
    }

    @Test
    void packageOpenedToOthersThanKryoIsRefused() throws Exception {
        for (String other :
                new String[] {"java.logging", KryoSerializer.class.getModule().getName()}) {
            ClassLoader application = load("module com.acme { opens com.acme.orders to " + other + "; }");
            Class<?> order = application.loadClass("com.acme.orders.Types$Order");

            assertThatThrownBy(() -> KryoSerializer.builder(Object.class).register(order, 100))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("`opens com.acme.orders;`");
        }
    }

    private ClassLoader load(String moduleInfo) throws IOException {
        Path source = Files.createDirectories(directory.resolve("src/com/acme/orders"));
        Files.writeString(directory.resolve("src/module-info.java"), moduleInfo);
        Files.writeString(source.resolve("Types.java"), TYPES);
        Path classes = directory.resolve("classes");
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--release",
                        "17",
                        "-Xlint:-module",
                        "-d",
                        classes.toString(),
                        directory.resolve("src/module-info.java").toString(),
                        source.resolve("Types.java").toString());
        assertThat(result).isZero();

        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("com.acme"));
        return boot.defineModulesWithOneLoader(configuration, ClassLoader.getSystemClassLoader())
                .findLoader("com.acme");
    }
}
