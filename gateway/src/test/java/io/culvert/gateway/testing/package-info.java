/** What tests need of the machine: Debian packages and real etcd clusters as child processes. */
@NullMarked
package io.culvert.gateway.testing;

import org.jspecify.annotations.NullMarked;
