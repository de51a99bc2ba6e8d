package io.culvert.gateway.checkpoint;

import java.io.IOException;

/** No gateway may work with the store: it was left for another one, or a migration into it is not finished. */
public final class MarkedStoreException extends IOException {
    private static final long serialVersionUID = 1L;

    MarkedStoreException(String store, StoreMark mark) {
        super(mark.sentence(store));
    }

    /** Returns what a person reads. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
