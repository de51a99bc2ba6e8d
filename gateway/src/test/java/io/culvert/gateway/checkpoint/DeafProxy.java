package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Can be told to carry questions still and lose all answers. */
final class DeafProxy extends LoopbackRelay {
    private final AtomicLong lostBytes = new AtomicLong();
    private volatile boolean deaf;

    DeafProxy(int targetPort) throws IOException {
        super(targetPort);
    }

    void loseAnswers() {
        deaf = true;
    }

    long lostBytes() {
        return lostBytes.get();
    }

    @Override
    void question(Socket to, byte[] bytes, int count) throws IOException {
        write(to, bytes, count);
    }

    @Override
    void answer(Socket to, byte[] bytes, int count) throws IOException {
        if (deaf) {
            lostBytes.addAndGet(count);
        } else {
            write(to, bytes, count);
        }
    }
}
