package io.culvert.proto.frame;

/** The tags of {@code culvert.v1.Frame}: field number times eight plus wire type. */
final class FrameFields {

    static final int CHANNEL = 1 << 3;
    static final int KIND = 2 << 3;
    static final int FLAGS = 3 << 3;
    static final int CODE = 4 << 3;
    static final int VALUE = 5 << 3;
    static final int PAYLOAD = 6 << 3 | 2;

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private FrameFields() {}
}
