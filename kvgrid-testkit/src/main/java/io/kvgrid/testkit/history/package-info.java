/** What clients asked for and were told, and whether one atomic key could have answered so. */
package io.kvgrid.testkit.history;
