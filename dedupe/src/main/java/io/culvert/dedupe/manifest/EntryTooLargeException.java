package io.culvert.dedupe.manifest;

import java.io.IOException;

/** An entry whose path, target and attributes together exceed what one record may hold. */
public final class EntryTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    EntryTooLargeException(PathBytes path, int recordBytes) {
        super("the attributes of \"" + path + "\" take " + recordBytes + " bytes, more than the "
                + LeafCodec.MAX_RECORD_BYTES + " that one entry may have");
    }
}
