/**
 * The composition root: where the features of a gateway meet, and where the process begins and ends.
 *
 * <p>{@link io.culvert.gateway.Gateway} opens identity, checkpoint store, pools, streams, replication, schedules and admin in this
 * order, gives each the small interfaces through which it sees the others, and closes them in reverse. The {@code *Answers}
 * put together what people ask of a site; {@code Failures} decides what a failure means to them. {@code Workshop} is what the
 * command line does in its own process.
 */
@NullMarked
package io.culvert.gateway;

import org.jspecify.annotations.NullMarked;
