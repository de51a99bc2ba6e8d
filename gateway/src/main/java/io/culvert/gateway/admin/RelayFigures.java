package io.culvert.gateway.admin;

/**
 * What is relayed for an appliance, and what was.
 *
 * @param connections relayed now, those that are held included
 * @param held of these, those that no stream carries at the moment
 * @param datagramClients clients that send datagrams now
 * @param bytesPerSecond both ways, over the last seconds
 * @param opened connections since the start
 * @param failures since the start: connections refused, not made or reset; datagrams refused
 * @param toPeerBytes of connections since the start, as clients and appliances wrote them; those that have ended too
 * @param plainBytes of those to the peer, the ones of connections that are deduplicated
 * @param sentBytes what these took in the stream
 * @param dedupRatio the one by the other; 1 if there were none
 */
public record RelayFigures(
        int connections,
        int held,
        int datagramClients,
        long bytesPerSecond,
        long opened,
        long failures,
        long toPeerBytes,
        long fromPeerBytes,
        long plainBytes,
        long sentBytes,
        double dedupRatio) {

    /** Plain bytes by sent ones, 1 if there are none. */
    public static double ratio(long plainBytes, long sentBytes) {
        return sentBytes == 0 ? 1 : (double) plainBytes / sentBytes;
    }
}
