package io.culvert.gateway.admin;

import java.time.Instant;

/**
 * A link that signs a browser in, once.
 *
 * @param url with the code in its fragment, which browsers send to nobody
 * @param certificate SHA-256 of the certificate that the browser is shown, in hexadecimal
 */
public record ConsoleLink(String url, Instant expires, String certificate) {}
