package io.culvert.gateway.stream;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the listener of a channel has been told. One thread tells at a time, the others leave their news to it: so calls do not overlap,
 * and messages keep their order whoever brings them. Guarded by the link's lock, which is not held while the listener is called.
 */
final class Telling {

    private final LinkChannel channel;
    private @Nullable ChannelListener listener;
    private boolean telling;
    private boolean roomWanted;
    private boolean roomDue;
    private boolean toldFinished;
    private boolean toldEnded;

    Telling(LinkChannel channel) {
        this.channel = channel;
    }

    void listen(ChannelListener to, ReentrantLock lock) {
        lock.lock();
        try {
            if (listener != null) {
                throw new IllegalStateException("channel " + channel.id() + " has a listener");
            }
            listener = to;
        } finally {
            lock.unlock();
        }
        tell(lock);
    }

    boolean isListened() {
        return listener != null;
    }

    /** An offer found no room. */
    void wantRoomLocked() {
        roomWanted = true;
    }

    /** There is room now; whether somebody wants to hear of it. */
    boolean roomLocked() {
        if (!roomWanted || listener == null) {
            return false;
        }
        roomWanted = false;
        roomDue = true;
        return true;
    }

    /** Tells all that is news, unless another thread does. */
    void tell(ReentrantLock lock) {
        lock.lock();
        try {
            ChannelListener to = listener;
            if (to == null || telling) {
                return;
            }
            telling = true;
            try {
                while (tellOneLocked(to, lock)) {}
            } finally {
                telling = false;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean tellOneLocked(ChannelListener to, ReentrantLock lock) {
        Channel.Received message = toldEnded ? null : channel.nextForListenerLocked();
        if (message != null) {
            return unlocked(lock, () -> to.came(message));
        }
        if (channel.isFinishedByPeerLocked() && !toldFinished) {
            toldFinished = true;
            return unlocked(lock, to::finished);
        }
        StreamException end = toldEnded ? null : channel.endForListenerLocked();
        if (end != null) {
            toldEnded = true;
            return unlocked(lock, () -> to.ended(end));
        }
        if (roomDue && !toldEnded) {
            roomDue = false;
            return unlocked(lock, to::room);
        }
        return false;
    }

    private static boolean unlocked(ReentrantLock lock, Runnable call) {
        lock.unlock();
        try {
            call.run();
        } finally {
            lock.lock();
        }
        return true;
    }
}
