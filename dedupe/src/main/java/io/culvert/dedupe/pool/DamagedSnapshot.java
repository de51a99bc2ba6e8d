package io.culvert.dedupe.pool;

/** A file of the catalogue that cannot be read as a snapshot; it stays until a person deletes it. */
public record DamagedSnapshot(String file, String reason) {}
