/** What tests need: Debian packages, real etcd clusters and real gateways as child processes, a line that can be cut. */
@NullMarked
package io.culvert.gateway.testing;

import org.jspecify.annotations.NullMarked;
