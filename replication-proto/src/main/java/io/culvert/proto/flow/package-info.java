/**
 * One relayed connection as its two ends see it, whatever stream carries it: {@link io.culvert.proto.flow.FlowEnd} numbers the
 * bytes, keeps what the far end has not received, and says what is to be sent again when a new stream takes over. {@link
 * io.culvert.proto.flow.FlowMessage} is what they say to each other.
 *
 * <p>Pure: no clock, socket, thread or lock.
 */
@NullMarked
package io.culvert.proto.flow;

import org.jspecify.annotations.NullMarked;
