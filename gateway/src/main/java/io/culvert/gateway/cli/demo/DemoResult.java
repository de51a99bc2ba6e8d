package io.culvert.gateway.cli.demo;

import java.util.List;

/**
 * What the demo found; the shape of its JSON.
 *
 * @param identical whether every byte restored at the far site is as in the source
 * @param checkpoints etcd or embedded
 */
record DemoResult(List<Round> rounds, boolean identical, String checkpoints) {
    DemoResult {
        rounds = List.copyOf(rounds);
    }
}
