/** What applications use: start a {@link io.kvgrid.GridNode}, call {@code insert}, {@code remove} and {@code get}. */
package io.kvgrid;
