/**
 * The other end of the API: a running gateway's operations over its Unix socket, for the command line.
 *
 * <p>Light on purpose, since every command starts with it: HTTP/1.1 by HttpComponents Core on a JDK channel, one
 * connection for each request, no Netty, no Vert.x.
 */
@NullMarked
package io.culvert.gateway.admin.client;

import org.jspecify.annotations.NullMarked;
