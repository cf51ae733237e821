package io.kvgrid.persistence.file;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Loads the classes of this package, tests included, a second time, with one of them compiled from a changed source. */
final class MutantLoader extends ClassLoader {
    private static final String PACKAGE = MutantLoader.class.getPackageName();
    private static final Path SOURCES =
            Path.of("src", "main", "java").resolve(PACKAGE.replace('.', File.separatorChar));

    private final Path changed;

    private MutantLoader(Path changed) {
        super(MutantLoader.class.getClassLoader());
        this.changed = changed;
    }

    /** The source that the mutant changes. */
    static String source(StorageMutant mutant) throws IOException {
        return Files.readString(SOURCES.resolve(mutant.type() + ".java"));
    }

    /** A {@link MutantHunt} whose store is the mutant, compiled in {@code directory}. */
    static Callable<?> hunt(StorageMutant mutant, Path directory) throws Exception {
        Path source = directory.resolve(mutant.type() + ".java");
        Files.writeString(source, mutant.applyTo(source(mutant)));
        compile(source, directory);
        Class<?> hunt = new MutantLoader(directory.resolve(PACKAGE.replace('.', File.separatorChar)))
                .loadClass(MutantHunt.class.getName());
        Constructor<?> constructor = hunt.getDeclaredConstructor(String.class);
        constructor.setAccessible(true); // the same package by name, but not to the virtual machine
        return (Callable<?>) constructor.newInstance(mutant.firstCheck());
    }

    private static void compile(Path source, Path directory) {
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        String path = String.join(
                File.pathSeparator,
                Path.of("target", "classes").toString(),
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path"));
        PrintStream errors = new PrintStream(System.err, false, StandardCharsets.UTF_8);
        int result = javac.run(
                errors, errors, "-proc:none", "-nowarn", "-cp", path, "-d", directory.toString(), source.toString());
        errors.flush();
        if (result != 0) {
            throw new AssertionError(source + " does not compile");
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            return name.startsWith(PACKAGE + ".") ? findClass(name) : super.loadClass(name, resolve);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String file = name.substring(PACKAGE.length() + 1) + ".class";
        try (InputStream bytes = open(file)) {
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = bytes.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private @Nullable InputStream open(String file) throws IOException {
        Path mutated = changed.resolve(file);
        return Files.exists(mutated) ? Files.newInputStream(mutated) : MutantLoader.class.getResourceAsStream(file);
    }
}
