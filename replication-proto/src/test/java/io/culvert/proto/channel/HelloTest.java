package io.culvert.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.proto.frame.ProtocolException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HelloTest {

    @Test
    void whatIsSaidIsHeard() throws ProtocolException {
        Hello hello =
                new Hello("seoul", 1, 3, Set.of("dictionary", "delta.v2"), new Limits(9, 99_999, 70_000, 80_000), -5);
        assertThat(Hello.fromPayload(hello.toPayload())).isEqualTo(hello);
    }

    @Test
    void refusesWhatNoSiteIsCalled() {
        for (String name : new String[] {"", "Seoul", "9a", "a".repeat(32), "a/b", "a\nb"}) {
            assertThatThrownBy(() -> Hello.of(name, 1)).hasMessageContaining("site must match");
        }
    }

    @Test
    void refusesMoreFeaturesThanItsBound() {
        Set<String> features = new HashSet<>();
        for (int i = 0; i <= Hello.MAX_FEATURES; i++) {
            features.add("f" + i);
        }
        assertThatThrownBy(() -> new Hello("seoul", 1, 1, features, Limits.OURS, 1))
                .hasMessageContaining("32");
        assertThatThrownBy(() -> new Hello("seoul", 1, 1, Set.of("a b"), Limits.OURS, 1))
                .hasMessageContaining("feature");
    }

    @Test
    void refusesVersionsAndLimitsOutOfRange() {
        assertThatThrownBy(() -> new Hello("seoul", 0, 1, Set.of(), Limits.OURS, 1))
                .hasMessageContaining("versions");
        assertThatThrownBy(() -> new Hello("seoul", 2, 1, Set.of(), Limits.OURS, 1))
                .hasMessageContaining("versions");
        assertThatThrownBy(() -> new Limits(0, 1 << 20, 1 << 20, 1 << 20)).hasMessageContaining("channels");
        assertThatThrownBy(() -> new Limits(1, 1 << 20, 1, 1 << 20)).hasMessageContaining("initialCreditBytes");
        assertThatThrownBy(() -> new Limits(1, 1 << 20, 1 << 20, -1)).hasMessageContaining("urgentCreditBytes");
        assertThatThrownBy(() -> new Limits(1, Integer.MAX_VALUE, 1 << 20, 1 << 20))
                .hasMessageContaining("messageBytes");
    }
}
