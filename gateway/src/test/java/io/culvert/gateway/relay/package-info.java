/** Tests of relayed connections over real sockets. */
@NullMarked
package io.culvert.gateway.relay;

import org.jspecify.annotations.NullMarked;
