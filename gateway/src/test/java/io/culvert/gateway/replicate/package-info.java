/** Tests of replication and restore that need no network. */
@NullMarked
package io.culvert.gateway.replicate;

import org.jspecify.annotations.NullMarked;
