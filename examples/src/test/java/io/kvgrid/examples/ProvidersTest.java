package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.GridNodeProvider;
import io.kvgrid.spi.persistence.PersistenceProvider;
import io.kvgrid.spi.transport.TransportProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the class path the parts of kvgrid are found through {@code META-INF/services}; on the module path, see {@link ExamplesIT}. */
class ProvidersTest {
    @ParameterizedTest
    @ValueSource(classes = {GridNodeProvider.class, TransportProvider.class, PersistenceProvider.class})
    void exactlyOneProviderIsFound(Class<?> service) {
        assertThat(ServiceLoader.load(service)).hasSize(1);
    }
}
