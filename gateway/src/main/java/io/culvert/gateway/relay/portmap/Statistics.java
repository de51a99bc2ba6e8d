package io.culvert.gateway.relay.portmap;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a portmapper was asked, as GETSTAT of version 4 tells it ({@code rpcb_stat_byvers} of RFC 1833): for each version the
 * calls of each procedure, and of look-ups and forwarded calls the last {@value #MAX_NAMED} that differ. Thread-safe.
 */
final class Statistics {

    static final int MAX_NAMED = 64;

    private static final int FIRST_VERSION = 2;
    private static final int PROCEDURES = 13;

    private record Lookup(long program, long version, NetId via) {}

    private record Forward(long program, long version, long procedure, boolean indirect, NetId via) {}

    private static final class Outcomes {
        private int successes;
        private int failures;

        void count(boolean success) {
            if (success) {
                successes++;
            } else {
                failures++;
            }
        }
    }

    /** Newest key last; the oldest goes when there are too many. */
    private static final class Newest<K> extends LinkedHashMap<K, Outcomes> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Outcomes> eldest) {
            return size() > MAX_NAMED;
        }
    }

    private static final class OfVersion {
        private final int[] calls = new int[PROCEDURES];
        private final Newest<Lookup> lookups = new Newest<>();
        private final Newest<Forward> forwards = new Newest<>();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final OfVersion[] versions = {new OfVersion(), new OfVersion(), new OfVersion()};

    void called(long version, long procedure) {
        lock.lock();
        try {
            if (procedure >= 0 && procedure < PROCEDURES) {
                of(version).calls[(int) procedure]++;
            }
        } finally {
            lock.unlock();
        }
    }

    void lookedUp(long version, long program, long programVersion, NetId via, boolean found) {
        lock.lock();
        try {
            of(version)
                    .lookups
                    .computeIfAbsent(new Lookup(program, programVersion, via), fresh -> new Outcomes())
                    .count(found);
        } finally {
            lock.unlock();
        }
    }

    /** A call that was to be forwarded, and was not. */
    void notForwarded(long version, long program, long programVersion, long procedure, boolean indirect, NetId via) {
        lock.lock();
        try {
            of(version)
                    .forwards
                    .computeIfAbsent(
                            new Forward(program, programVersion, procedure, indirect, via), fresh -> new Outcomes())
                    .count(false);
        } finally {
            lock.unlock();
        }
    }

    private OfVersion of(long version) {
        return versions[(int) version - FIRST_VERSION];
    }

    void write(XdrOutput out, Family family) {
        lock.lock();
        try {
            for (OfVersion version : versions) {
                for (int calls : version.calls) {
                    out.uint(calls);
                }
                out.uint(0).uint(0); // nobody sets or unsets anything from outside
                for (Map.Entry<Lookup, Outcomes> entry :
                        version.lookups.sequencedEntrySet().reversed()) {
                    Lookup asked = entry.getKey();
                    out.flag(true)
                            .uint(asked.program())
                            .uint(asked.version())
                            .uint(entry.getValue().successes)
                            .uint(entry.getValue().failures)
                            .string(family.netId(asked.via()));
                }
                out.flag(false);
                for (Map.Entry<Forward, Outcomes> entry :
                        version.forwards.sequencedEntrySet().reversed()) {
                    Forward asked = entry.getKey();
                    out.flag(true)
                            .uint(asked.program())
                            .uint(asked.version())
                            .uint(asked.procedure())
                            .uint(entry.getValue().successes)
                            .uint(entry.getValue().failures)
                            .flag(asked.indirect())
                            .string(family.netId(asked.via()));
                }
                out.flag(false);
            }
        } finally {
            lock.unlock();
        }
    }
}
