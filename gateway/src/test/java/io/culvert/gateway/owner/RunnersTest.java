package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.owner.Book.Mode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunnersTest {

    private static Book.Gateway gateway(int number, boolean live, Mode mode, String... able) {
        return new Book.Gateway(
                number,
                "seoul/" + number,
                "host" + number,
                "h:1",
                live,
                mode,
                List.of(able),
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static Book.Gateway serving(int number, String... able) {
        return gateway(number, true, Mode.SERVING, able);
    }

    private static int runner(String dataset, Book.Gateway... gateways) {
        return Runners.of(dataset, List.of(gateways)).map(Book.Gateway::number).orElse(0);
    }

    @Test
    void datasetsAreSharedOutEvenly() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            counts.merge(runner("vm-" + i, serving(1), serving(2), serving(3)), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys(1, 2, 3);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1_100));
    }

    @Test
    void oneThatComesTakesSomeFromEachAndMovesNoOther() {
        List<Integer> movedTo = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int before = runner("vm-" + i, serving(1), serving(2));
            int after = runner("vm-" + i, serving(1), serving(2), serving(3));
            if (before != after) {
                movedTo.add(after);
            }
        }
        assertThat(movedTo).isNotEmpty().containsOnly(3);
    }

    @Test
    void onlyWhoLivesAndSeesTheSourceRunsIt() {
        assertThat(runner("a", serving(1, "-dataset/a"), serving(2), gateway(3, false, Mode.SERVING)))
                .isEqualTo(2);
        assertThat(runner("a", serving(1, "-dataset/a"), gateway(2, true, Mode.REMOVED)))
                .isZero();
    }

    @Test
    void whoDrainsKeepsWhatNobodyElseSees() {
        assertThat(runner("a", gateway(1, true, Mode.DRAINING), serving(2, "-dataset/a")))
                .isEqualTo(1);
        assertThat(runner("b", gateway(1, true, Mode.DRAINING), serving(2, "-dataset/a")))
                .isEqualTo(2);
    }
}
