package io.culvert.gateway.relay;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes the dedup of each relayed connection, by the policy of the site, and has the threads for it. */
final class Dedups implements AutoCloseable {

    private final Histories histories;
    private final DedupPolicy policy;
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("relay-packing-", 0).factory());

    Dedups(Histories histories, DedupPolicy policy) {
        this.histories = histories;
        this.policy = policy;
    }

    FlowDedup of(String peer, String appliance, int port) {
        return new FlowDedup(histories, peer, policy.decide(appliance, port), workers);
    }

    /** After the connections were ended: waits for what is being packed, then forgets the histories. */
    @Override
    public void close() {
        workers.close();
        histories.close();
    }
}
