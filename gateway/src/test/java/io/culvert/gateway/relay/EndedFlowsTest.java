package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EndedFlowsTest {

    private static final FlowId ID = new FlowId(1, 2);
    private static final EndedFlows.Ended IN_ORDER = new EndedFlows.Ended(10, "");

    @Test
    void aPeerKnowsOnlyItsOwnConnections() {
        EndedFlows ended = new EndedFlows();
        ended.add("seoul", ID, IN_ORDER);
        assertThat(ended.get("seoul", ID)).contains(IN_ORDER);
        assertThat(ended.get("jeju", ID)).isEmpty();
        ended.add("jeju", ID, new EndedFlows.Ended(0, "made up"));
        assertThat(ended.get("seoul", ID)).contains(IN_ORDER);
    }

    @Test
    void aPeerCrowdsOutOnlyItsOwnConnectionsTheOldestFirst() {
        EndedFlows ended = new EndedFlows();
        ended.add("seoul", ID, IN_ORDER);
        for (int i = 0; i <= EndedFlows.MAX_REMEMBERED; i++) {
            ended.add("jeju", new FlowId(3, i), IN_ORDER);
        }
        assertThat(ended.get("seoul", ID)).contains(IN_ORDER);
        assertThat(ended.get("jeju", new FlowId(3, 0))).isEmpty();
        assertThat(ended.get("jeju", new FlowId(3, 1))).contains(IN_ORDER);
    }
}
