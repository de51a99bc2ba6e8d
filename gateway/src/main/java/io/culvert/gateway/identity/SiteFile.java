package io.culvert.gateway.identity;

import java.io.IOException;

/** The site file of the running gateway, which one more gateway begins with. It names secrets and holds none. */
@FunctionalInterface
public interface SiteFile {
    /** At most {@value} bytes. */
    int MAX_BYTES = 1 << 20;

    /** A gateway that has none to give. */
    SiteFile NONE = () -> {
        throw new IOException("this gateway has no site file to give");
    };

    /** Its content as it is now. @throws IOException if it cannot be read, or a gateway would not start with it */
    byte[] read() throws IOException;
}
