package io.kvgrid.core.node;

import io.kvgrid.GridNode;
import io.kvgrid.spi.persistence.PersistenceProvider;
import io.kvgrid.spi.transport.TransportProvider;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the default parts of a node, by the context class loader first, then by that of {@link GridNode}. */
final class Providers {
    private Providers() {}

    static TransportProvider transport() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return first(ServiceLoader.load(TransportProvider.class, context))
                .or(() -> first(ServiceLoader.load(TransportProvider.class, GridNode.class.getClassLoader())))
                .orElseThrow(() -> missing("transport", "kvgrid-transport-netty"));
    }

    static PersistenceProvider persistence() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return first(ServiceLoader.load(PersistenceProvider.class, context))
                .or(() -> first(ServiceLoader.load(PersistenceProvider.class, GridNode.class.getClassLoader())))
                .orElseThrow(() -> missing("persistence", "kvgrid-persistence-file"));
    }

    private static <S> Optional<S> first(ServiceLoader<S> loader) {
        return loader.findFirst();
    }

    private static IllegalStateException missing(String part, String artifact) {
        return new IllegalStateException(
                "no " + part + " found: add io.kvgrid:" + artifact + " to the application, or give the builder one");
    }
}
