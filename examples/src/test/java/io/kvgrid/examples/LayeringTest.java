package io.kvgrid.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may import whom. Stands here because only this module's class path has every other one. */
class LayeringTest {
    private static final ImportOption NO_TESTS =
            location -> !location.contains("test-classes") && !location.contains("-tests.jar");
    private static final JavaClasses KVGRID =
            new ClassFileImporter().withImportOption(NO_TESTS).importPackages("io.kvgrid");

    private static final String CORE = "io.kvgrid.core..";
    private static final String TRANSPORT = "io.kvgrid.transport.netty..";
    private static final String FILE = "io.kvgrid.persistence.file..";
    private static final String JDBC = "io.kvgrid.persistence.jdbc..";
    private static final String ARBITER = "io.kvgrid.arbiter.ratis..";
    private static final String TESTKIT = "io.kvgrid.testkit..";
    private static final String EXAMPLES = "io.kvgrid.examples..";
    private static final String REPLICATION = "io.kvgrid.core.replication..";

    @Test
    void everyModuleIsSeen() {
        Set<String> packages = KVGRID.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());

        assertThat(packages).contains("io.kvgrid", "io.kvgrid.spi.persistence", "io.kvgrid.examples");
        assertThat(packages).anyMatch(name -> name.startsWith("io.kvgrid.core"));
    }

    @Test
    void apiDependsOnNothing() {
        classes()
                .that()
                .resideInAnyPackage("io.kvgrid", "io.kvgrid.spi..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.kvgrid", "io.kvgrid.spi..", "java..", "org.jspecify..")
                .check(KVGRID);
    }

    @ParameterizedTest
    @ValueSource(strings = {CORE, TRANSPORT, FILE, JDBC, ARBITER, TESTKIT})
    void modulesKnowTheApiAndThemselvesOnly(String module) {
        DescribedPredicate<JavaClass> anotherModule = resideInAnyPackage(
                        CORE, TRANSPORT, FILE, JDBC, ARBITER, TESTKIT, EXAMPLES)
                .and(DescribedPredicate.not(resideInAPackage(module)));
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(anotherModule)
                .allowEmptyShould(true)
                .check(KVGRID);
    }

    @Test
    void nettyIsKnownOnlyToItsTransport() {
        noClasses()
                .that()
                .resideOutsideOfPackage(TRANSPORT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(KVGRID);
    }

    @Test
    void ratisIsKnownOnlyToItsArbiter() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ARBITER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.ratis..")
                .check(KVGRID);
    }

    @Test
    void fileChannelsAreKnownOnlyToTheFileLog() {
        noClasses()
                .that()
                .resideOutsideOfPackages(FILE, EXAMPLES)
                .and()
                .doNotHaveFullyQualifiedName(
                        "io.kvgrid.arbiter.ratis.VoteRecord") // forces its directory (S11), no more
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.nio\\.channels\\..*FileChannel|java\\.io\\.(RandomAccessFile|File.*Stream)")
                .check(KVGRID);
    }

    /** X1: bytes from outside never become Java objects by themselves. */
    @Test
    void nobodyDeserializesJavaObjects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ObjectInputStream.class)
                .check(KVGRID);
    }

    /** S18. A call is looked for, and not the type: what is mapped may be held as any other buffer. */
    @Test
    void nobodyMapsFiles() {
        assertThat(mappings(KVGRID)).isEmpty();
        assertThat(mappings(new ClassFileImporter().importClasses(Mapping.class)))
                .as("what this test looks for")
                .hasSize(2);
    }

    private static List<String> mappings(JavaClasses classes) {
        return classes.stream()
                .flatMap(type -> type.getCodeUnitAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().isAssignableTo(FileChannel.class)
                        && access.getTarget().getName().equals("map"))
                .map(Object::toString)
                .toList();
    }

    /** What nobody may do, in two ways. */
    static final class Mapping {
        interface Mapper {
            ByteBuffer map(FileChannel.MapMode mode, long position, long size) throws IOException;
        }

        static ByteBuffer called(FileChannel channel) throws IOException {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, 1);
        }

        static Mapper referredTo(FileChannel channel) {
            return channel::map;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.esotericsoftware..", "com.github.benmanes.caffeine.."})
    void kryoAndCaffeineAreKnownToOnePackageEach(String library) {
        Set<String> packages = KVGRID.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> resideInAPackage(library).test(dependency.getTargetClass())))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());

        assertThat(packages).hasSizeLessThanOrEqualTo(1).allMatch(name -> name.startsWith("io.kvgrid.core"));
    }

    /** The floors of core, from the top down. Those that share a floor do not know each other. */
    private static final List<Set<String>> FLOORS = List.of(
            Set.of("io.kvgrid.core.node"),
            Set.of("io.kvgrid.core.client", "io.kvgrid.core.arbiter"),
            Set.of("io.kvgrid.core.runtime"),
            Set.of("io.kvgrid.core.wire", "io.kvgrid.core.store"),
            Set.of("io.kvgrid.core.replication"),
            Set.of("io.kvgrid.core"),
            Set.of("io.kvgrid.core.message", "io.kvgrid.core.serialization"));

    @Test
    void noArrowInCoreRunsBackUp() {
        List<String> upwards = KVGRID.stream()
                .filter(resideInAPackage(CORE))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(arrow -> floorOf(arrow.getTargetClass()) >= 0)
                .filter(arrow -> !arrow.getOriginClass()
                        .getPackageName()
                        .equals(arrow.getTargetClass().getPackageName()))
                .filter(arrow -> floorOf(arrow.getOriginClass()) >= floorOf(arrow.getTargetClass()))
                .map(Dependency::getDescription)
                .toList();

        assertThat(upwards).isEmpty();
    }

    @Test
    void everyPackageOfCoreHasItsFloor() {
        Set<String> packages = KVGRID.stream()
                .filter(resideInAPackage(CORE))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());

        assertThat(FLOORS.stream().flatMap(Set::stream)).containsAll(packages);
    }

    /** 0 is the top; -1 outside of core. */
    private static int floorOf(JavaClass type) {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            if (FLOORS.get(floor).contains(type.getPackageName())) {
                return floor;
            }
        }
        return -1;
    }

    /** P37: the same inputs give the same outputs, in every run. */
    @Test
    void replicationHasNoThreadFileSocketOrLog() {
        noClasses()
                .that()
                .resideInAPackage(REPLICATION)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.security..",
                        "java.time..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "org.slf4j..",
                        "io.kvgrid.spi.transport..",
                        "io.kvgrid.core.client..",
                        "io.kvgrid.core.node..",
                        "io.kvgrid.core.runtime..",
                        "io.kvgrid.core.store..",
                        "io.kvgrid.core.wire..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class, Runtime.class)
                .allowEmptyShould(true)
                .check(KVGRID);
    }

    /** P37: neither clock, nor global randomness, nor an order that differs from run to run. */
    @Test
    void replicationAsksNobodyForTimeOrChance() {
        DescribedPredicate<JavaCall<?>> unpredictable = describe("unpredictable calls", call -> {
            CodeUnitCallTarget target = call.getTarget();
            String method = target.getOwner().getName() + "." + target.getName();
            boolean unseeded = method.equals("java.util.Random.<init>")
                    && target.getRawParameterTypes().isEmpty();
            return unseeded || UNPREDICTABLE.contains(method);
        });
        noClasses()
                .that()
                .resideInAPackage(REPLICATION)
                .should()
                .callCodeUnitWhere(unpredictable)
                .allowEmptyShould(true)
                .check(KVGRID);
    }

    private static final Set<String> UNPREDICTABLE = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.identityHashCode",
            "java.lang.System.getProperty",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.util.Set.of",
            "java.util.Set.copyOf",
            "java.util.Map.of",
            "java.util.Map.copyOf",
            "java.util.Map.ofEntries",
            "java.util.IdentityHashMap.<init>",
            "java.util.stream.Collectors.toSet",
            "java.util.stream.Collectors.toMap");
}
