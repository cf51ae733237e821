/** Where calls enter: objects become bytes here, and bytes objects. */
package io.kvgrid.core.client;
