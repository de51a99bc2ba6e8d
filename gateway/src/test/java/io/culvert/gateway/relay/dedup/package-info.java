/** Tests of the dedup of relayed bytes. */
@NullMarked
package io.culvert.gateway.relay.dedup;

import org.jspecify.annotations.NullMarked;
