/** An embedded cache grid: its nodes, maps, options and outcomes. */
package io.kvgrid;
