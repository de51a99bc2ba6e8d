/** The contract of a checkpoint store, for the embedded one, a real etcd and the fake alike; crashes, cuts and kills. */
@NullMarked
package io.culvert.gateway.checkpoint;

import org.jspecify.annotations.NullMarked;
