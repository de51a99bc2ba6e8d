package io.culvert.gateway.admin.http;

/** How a request is answered. */
sealed interface Answer {

    /** A record as JSON. */
    record Json(int status, Object value) implements Answer {}

    /** Bytes as they are. @param content handed over */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Bytes(int status, String mediaType, byte[] content) implements Answer {}

    /** The work has written the body itself. */
    record Streamed() implements Answer {}

    static Answer ok(Object value) {
        return new Json(200, value);
    }
}
