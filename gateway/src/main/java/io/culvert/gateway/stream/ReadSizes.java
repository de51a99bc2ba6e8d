package io.culvert.gateway.stream;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * How long the buffers are that a relayed connection is read into: short for short messages, and the longest as soon as one is
 * filled. Netty's own way of growing ends at the power of two below the longest, which halves what passes at once.
 */
final class ReadSizes extends DefaultMaxMessagesRecvByteBufAllocator {

    static final int LEAST_BYTES = 2 << 10;

    private final int mostBytes;

    ReadSizes(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own handles are of this type
    public Handle newHandle() {
        return new Sizes();
    }

    private final class Sizes extends MaxMessageHandle {

        private int nextBytes = Math.min(LEAST_BYTES, mostBytes);

        @Override
        public int guess() {
            return nextBytes;
        }

        @Override
        public void lastBytesRead(int bytes) {
            super.lastBytesRead(bytes);
            if (bytes == attemptedBytesRead()) {
                nextBytes = mostBytes;
            } else if (bytes < nextBytes / 2) {
                nextBytes = Math.max(Math.min(LEAST_BYTES, mostBytes), nextBytes / 2);
            }
        }
    }
}
