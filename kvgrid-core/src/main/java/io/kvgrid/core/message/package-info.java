/** What the members of a grid say to each other. */
package io.kvgrid.core.message;
