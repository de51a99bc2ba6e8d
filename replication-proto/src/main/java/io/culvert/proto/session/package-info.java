/**
 * The replication session as two pure machines: messages and outcomes in, effects out.
 *
 * <p>{@link io.culvert.proto.session.SenderSession} and {@link io.culvert.proto.session.ReceiverSession} touch no clock,
 * file, socket or thread; a runner performs their effects. The same machines run in the seeded simulation.
 */
@NullMarked
package io.culvert.proto.session;

import org.jspecify.annotations.NullMarked;
