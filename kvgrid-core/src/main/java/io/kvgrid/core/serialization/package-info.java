/** How keys and values become bytes, and how nodes notice that they disagree. The only package that knows Kryo. */
package io.kvgrid.core.serialization;
