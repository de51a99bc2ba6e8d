package io.culvert.gateway.replicate;

import java.io.IOException;
import java.util.List;

/** The source changed while it was read, again and again; the snapshot is refused (rule 7). */
public final class MovingSourceException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Most names in the message. */
    private static final int NAMES = 10;

    MovingSourceException(List<String> names, long count) {
        super(count + (count == 1 ? " file" : " files") + " changed or vanished while being read: "
                + String.join(", ", names.subList(0, Math.min(NAMES, names.size())))
                + (count > NAMES ? ", …" : "")
                + "; quiet the source or name a point in time (pointInTime) for it");
    }

    MovingSourceException(String message) {
        super(message);
    }
}
