package io.culvert.gateway.admin.http;

/**
 * One operation of the API.
 *
 * @param path as in the OpenAPI document, parameters in braces
 * @param shown whether the console may ask it: it changes nothing, ends soon, and its answer is bounded and holds no secret
 */
record Endpoint(String method, String path, Body body, boolean shown, Requests.Work work) {

    /** What the request carries. */
    enum Body {
        NONE,
        /** At most {@link Requests#MAX_BODY_BYTES}. */
        JSON,
        /** Bytes without limit, read as they come. */
        STREAM
    }
}
