package io.culvert.gateway.admin;

/**
 * A member was replaced.
 *
 * @param id of the new one, hexadecimal
 * @param endpoint where it serves its clients
 * @param advice what a person should do now, a sentence; empty if nothing
 */
public record EtcdReplacement(String id, String name, String peerUrl, String endpoint, int voters, String advice) {}
