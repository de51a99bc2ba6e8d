/**
 * The HTTP API: routes, problems, streams, on the Unix socket and on {@code admin.listen}.
 *
 * <p>Vert.x stays in here. A request is read on the event loop, then one virtual thread does its blocking work; the two
 * sides of a body ({@link io.culvert.gateway.admin.http.RequestInput}, {@link
 * io.culvert.gateway.admin.http.ResponseOutput}) make the faster of the two wait. Locks are leaves: nothing is called
 * out under one.
 */
@NullMarked
package io.culvert.gateway.admin.http;

import org.jspecify.annotations.NullMarked;
