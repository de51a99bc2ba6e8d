package io.culvert.gateway.stream;

import io.culvert.dedupe.chunk.Slice;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;

/**
 * What waits to be written to a socket, on its event loop. One piece at a time is with Netty, which copies what it has into memory
 * outside the heap: the rest of a slow reader's bytes wait in the arrays that they came in, and count only once.
 *
 * <p>What is thrown here closes the socket: Netty would log it and go on behind bytes that were never written.
 */
final class SocketOutput {

    /** So many bytes at a time. */
    static final int PIECE_BYTES = 64 << 10;

    private record Waiting(Slice bytes, Runnable written) {}

    private final Channel channel;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int doneOfFirstBytes;
    private boolean busy;
    private boolean draining;

    SocketOutput(Channel channel) {
        this.channel = channel;
    }

    /** Nothing to write runs {@code written} behind what was written before. */
    void write(Slice bytes, Runnable written) {
        whole(() -> {
            waiting.addLast(new Waiting(bytes, written));
            drain();
        });
    }

    private void whole(Runnable action) {
        boolean done = false;
        try {
            action.run();
            done = true;
        } finally {
            if (!done) {
                fail();
            }
        }
    }

    /** The socket's listener hears of it. */
    private void fail() {
        waiting.clear();
        channel.close();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (Waiting first = waiting.peekFirst(); first != null && !busy; first = waiting.peekFirst()) {
                writePiece(first);
            }
        } finally {
            draining = false;
        }
    }

    private void writePiece(Waiting first) {
        int piece = Math.min(PIECE_BYTES, first.bytes().length() - doneOfFirstBytes);
        if (piece == 0) {
            passed(0);
            return;
        }
        busy = true;
        ChannelFuture done = channel.writeAndFlush(
                Unpooled.wrappedBuffer(first.bytes().array(), first.bytes().offset() + doneOfFirstBytes, piece));
        if (done.isDone()) {
            passed(done, piece);
        } else {
            done.addListener(later -> whole(() -> {
                passed(done, piece);
                drain();
            }));
        }
    }

    /** After a failure, be it only that there was no memory for the piece, nothing more is written. */
    private void passed(ChannelFuture done, int piece) {
        if (done.isSuccess()) {
            busy = false;
            passed(piece);
        } else {
            fail();
        }
    }

    private void passed(int piece) {
        Waiting first = waiting.getFirst();
        doneOfFirstBytes += piece;
        if (doneOfFirstBytes == first.bytes().length()) {
            waiting.removeFirst();
            doneOfFirstBytes = 0;
            first.written().run();
        }
    }
}
