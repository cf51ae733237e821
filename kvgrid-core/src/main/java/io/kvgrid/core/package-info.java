/** The public parts of the core: serialization with Kryo, and the embedded Arbiter. */
package io.kvgrid.core;
