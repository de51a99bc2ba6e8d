/** Addresses of this machine's own that processes started by this one listen on. */
@org.jspecify.annotations.NullMarked
package io.culvert.gateway.loopback;
