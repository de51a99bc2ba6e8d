package io.culvert.proto.frame;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The bytes of one frame, to be drained into the transport's buffer: header, then the payload without a copy of ours. */
final class FrameWriter extends InputStream implements Drainable, KnownLength {

    private final byte[] header = new byte[Frame.MAX_HEADER_BYTES];
    private final Frame frame;
    private int headerBytes;
    private int position;

    FrameWriter(Frame frame) {
        if (frame.kind() == FrameKind.MALFORMED) {
            throw new IllegalArgumentException("a malformed frame cannot be sent");
        }
        this.frame = frame;
        put(FrameFields.CHANNEL, frame.channel());
        put(FrameFields.KIND, frame.kind().wire());
        put(FrameFields.FLAGS, Integer.toUnsignedLong(frame.flags()));
        put(FrameFields.CODE, Integer.toUnsignedLong(frame.code()));
        put(FrameFields.VALUE, frame.value());
        if (!frame.payload().isEmpty()) {
            varint(FrameFields.PAYLOAD);
            varint(frame.payload().length());
        }
    }

    private void put(int tag, long value) {
        if (value != 0) {
            varint(tag);
            varint(value);
        }
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            header[headerBytes++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        header[headerBytes++] = (byte) rest;
    }

    @Override
    public int available() {
        return headerBytes + frame.payload().length() - position;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = available();
        if (position < headerBytes) {
            target.write(header, position, headerBytes - position);
            position = headerBytes;
        }
        int from = position - headerBytes;
        if (from < frame.payload().length()) {
            target.write(
                    frame.payload().array(),
                    frame.payload().offset() + from,
                    frame.payload().length() - from);
        }
        position = headerBytes + frame.payload().length();
        return drained;
    }

    @Override
    public int read() {
        if (available() == 0) {
            return -1;
        }
        int at = position++;
        return (at < headerBytes ? header[at] : frame.payload().get(at - headerBytes)) & 0xff;
    }
}
