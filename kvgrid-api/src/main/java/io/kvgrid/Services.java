package io.kvgrid;

import java.util.ServiceLoader;

/** Finds the parts of kvgrid that the application put on its path. */
final class Services {
    private Services() {}

    static <S> S find(Class<S> service, String artifact) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return ServiceLoader.load(service, context)
                .findFirst()
                .or(() -> ServiceLoader.load(service, GridNode.class.getClassLoader())
                        .findFirst())
                .orElseThrow(() -> new IllegalStateException(
                        "no " + service.getSimpleName() + " found: add io.kvgrid:" + artifact + " to the application"));
    }
}
