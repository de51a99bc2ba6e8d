package io.culvert.gateway.relay.dedup;

/**
 * What a packer did so far.
 *
 * @param plainBytes that it was given
 * @param packedBytes that were sent for them, those sent as they are among them
 * @param repeatedBytes of the plain ones that were sent as references
 */
public record Stats(long plainBytes, long packedBytes, long repeatedBytes, PackingState state) {}
