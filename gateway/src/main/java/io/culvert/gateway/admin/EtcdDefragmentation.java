package io.culvert.gateway.admin;

/** All members were defragmented. */
public record EtcdDefragmentation(int members, long freedBytes) {}
