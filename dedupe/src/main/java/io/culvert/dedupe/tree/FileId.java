package io.culvert.dedupe.tree;

/**
 * What tells one file from every other on a host at one time: device and inode number.
 *
 * @param device major number in the upper, minor in the lower 32 bits
 */
public record FileId(long device, long inode) {}
