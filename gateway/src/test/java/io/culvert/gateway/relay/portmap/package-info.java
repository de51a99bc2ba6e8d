/** Tests of the portmapper: golden bytes, malformed calls, and byte for byte beside a real rpcbind. */
@NullMarked
package io.culvert.gateway.relay.portmap;

import org.jspecify.annotations.NullMarked;
