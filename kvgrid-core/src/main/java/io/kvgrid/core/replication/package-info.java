/**
 * The replica protocol. Pure: no thread, clock, file, socket, logging or global randomness; inputs in, effects out, time
 * and randomness passed in (P37).
 */
package io.kvgrid.core.replication;
