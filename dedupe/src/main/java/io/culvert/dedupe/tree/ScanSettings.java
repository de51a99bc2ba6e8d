package io.culvert.dedupe.tree;

/**
 * What a scan leaves out.
 *
 * @param crossFileSystems whether it goes on below a directory on which another file system is mounted
 */
public record ScanSettings(ExcludePatterns exclude, boolean crossFileSystems) {}
