/** How the parts of kvgrid find each other; of no interest to applications. */
package io.kvgrid.spi;
