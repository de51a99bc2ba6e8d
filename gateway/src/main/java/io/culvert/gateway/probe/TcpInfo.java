package io.culvert.gateway.probe;

import java.nio.ByteBuffer;

/**
 * What Linux knows of a TCP connection (tcp(7), TCP_INFO).
 *
 * @param unackedSegments sent and not acknowledged
 * @param retransmits of the segment that is due now; 0 when something new is acknowledged
 * @param retransmitted all segments sent again since the connection began
 * @param roundTripMicros smoothed
 * @param sentSegments with data; {@code receivedSegments} the same, the other way
 * @param outOfOrder segments that came ahead of something that is missing; 0 before Linux 5.4
 */
record TcpInfo(
        int state,
        int retransmits,
        int unackedSegments,
        int retransmitted,
        int roundTripMicros,
        int sendMss,
        int receiveMss,
        int pathMtu,
        long receivedBytes,
        int receivedSegments,
        int sentSegments,
        int outOfOrder) {

    /** How long the structure is today; a kernel that has less leaves zeros. */
    static final int BYTES = 232;

    /** Of {@code tcpi_state}. */
    static final int ESTABLISHED = 1;

    /** Reads it in the order of bytes of {@code raw}, of at least {@link #BYTES}. */
    static TcpInfo read(ByteBuffer raw) {
        return new TcpInfo(
                raw.get(0),
                raw.get(2),
                raw.getInt(24),
                raw.getInt(100),
                raw.getInt(68),
                raw.getInt(16),
                raw.getInt(20),
                raw.getInt(60),
                raw.getLong(128),
                raw.getInt(152),
                raw.getInt(156),
                raw.getInt(224));
    }
}
