/**
 * The channels inside one stream, as a pure machine: frames in, frames and effects out; no clock, socket or thread.
 *
 * <pre>
 *   send, finish, reset ─►  Outflow (one for each channel) ─► Schedule ─► next()  ─► frame to the wire
 *                                  ▲ credit                  control, urgent, bulk (deficit round robin)
 *   effects  ◄── receive(frame) ── Mux ── Inflow (credit, assembly of messages)  ◄─ consumed()
 * </pre>
 *
 * <p>{@link io.culvert.proto.channel.Mux} is the way in. It is not thread-safe: one lock or one thread owns it.
 */
@NullMarked
package io.culvert.proto.channel;

import org.jspecify.annotations.NullMarked;
