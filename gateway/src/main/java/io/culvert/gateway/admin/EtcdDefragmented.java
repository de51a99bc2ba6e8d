package io.culvert.gateway.admin;

/** One member was defragmented. */
public record EtcdDefragmented(String member, long beforeBytes, long afterBytes, double seconds) {}
