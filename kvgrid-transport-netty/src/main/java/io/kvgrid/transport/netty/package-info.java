/** The binary protocol over TCP, on Netty. */
package io.kvgrid.transport.netty;
