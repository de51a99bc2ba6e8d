package io.culvert.gateway.log;

import java.util.regex.Pattern;

/** What the kernel said of a connection, out of what Netty makes of it. */
public final class KernelWords {

    /** As in "finishConnect(..) failed with error(-111): Connection refused". */
    private static final Pattern CALL_BEFORE = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /** As in "Connection refused: /192.0.2.1:2049". */
    private static final String ADDRESS_BEHIND = ": [^ ]*/[^ ]+$";

    private KernelWords() {}

    /** Without the call before them and the address behind. */
    public static String of(String message) {
        return CALL_BEFORE.matcher(message).replaceFirst("").replaceFirst(ADDRESS_BEHIND, "");
    }
}
