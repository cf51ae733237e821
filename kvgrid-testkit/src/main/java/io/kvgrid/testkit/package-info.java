/** Contract suites that every implementation of a plug-in interface extends, and small reference implementations. */
package io.kvgrid.testkit;
