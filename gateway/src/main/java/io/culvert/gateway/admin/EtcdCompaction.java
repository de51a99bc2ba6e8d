package io.culvert.gateway.admin;

/** @param revision up to which the history was dropped */
public record EtcdCompaction(long revision) {}
