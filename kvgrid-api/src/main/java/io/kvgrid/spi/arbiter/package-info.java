/** Who assigns the roles: one configuration, changed by compare-and-set only. */
package io.kvgrid.spi.arbiter;
