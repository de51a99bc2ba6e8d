package io.culvert.gateway.admin;

import java.net.URI;

/**
 * A member is to be replaced by one that begins empty.
 *
 * @param member its name or id
 * @param peerUrl {@code http(s)://HOST:PORT}, where the others will find the new one
 * @param force also one that is well, or while another one is not
 */
public record EtcdReplaceRequest(String member, URI peerUrl, boolean force) {}
