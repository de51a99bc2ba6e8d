package io.culvert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.proto.v1.GatewaysNotice;
import io.culvert.proto.v1.RenamedPool;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PeerPoolsTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.5Z");

    private final PeerPools pools = new PeerPools();

    private static RenamedPool renamed(String former, String now) {
        return RenamedPool.newBuilder()
                .setFormer(former)
                .setNow(now)
                .setSinceMillis(NOON.toEpochMilli())
                .build();
    }

    @Test
    void whatAPeerSaysReplacesWhatItSaidBefore() {
        assertThat(pools.isEmpty()).isTrue();
        GatewaysNotice first = GatewaysNotice.newBuilder()
                .addRenamedPool(renamed("main", "vault"))
                .build();

        assertThat(pools.learn("busan", first)).isTrue();
        assertThat(pools.learn("busan", first)).isFalse();
        assertThat(pools.renamed("busan", "main")).contains(new PeerPools.Renamed("vault", NOON));
        assertThat(pools.renamed("daegu", "main")).isEmpty();
        assertThat(pools.sentence("finance", "busan", "main").orElseThrow())
                .isEqualTo(
                        "pool main of busan has been renamed to vault, since 2026-11-21T12:00:00Z; change {peer: busan,"
                                + " pool: main} to {peer: busan, pool: vault} in replicateTo of dataset finance in the site file,"
                                + " then: systemctl reload culvert");

        assertThat(pools.learn("busan", GatewaysNotice.getDefaultInstance())).isTrue();
        assertThat(pools.isEmpty()).isTrue();
    }

    @Test
    void namesThatAreNoneAndMoreThanTheBoundAreLeftOut() {
        GatewaysNotice.Builder hostile = GatewaysNotice.newBuilder()
                .addRenamedPool(renamed("../../etc", "vault"))
                .addRenamedPool(renamed("main", "x\ny"))
                .addRenamedPool(renamed("same", "same"))
                .addRenamedPool(renamed("", ""));
        IntStream.range(0, 1000).forEach(i -> hostile.addRenamedPool(renamed("a" + i, "b" + i)));

        pools.learn("busan", hostile.build());

        assertThat(pools.renamed("busan", "../../etc")).isEmpty();
        assertThat(pools.renamed("busan", "main")).isEmpty();
        assertThat(pools.renamed("busan", "same")).isEmpty();
        assertThat(IntStream.range(0, 1000)
                        .filter(i -> pools.renamed("busan", "a" + i).isPresent()))
                .hasSize(PeerPools.MAX_RENAMED);
    }
}
