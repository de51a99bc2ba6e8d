package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InitialClusterTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m1=http://10.0.0.1:2380",
                "m1=https://10.0.0.1:2380,m2=https://gw-2.example:2380,m3=https://[fd00::3]:2380",
                "m1=http://a:1,m1=http://b:1,m2=http://c:1,m3=http://d:1"
            })
    void isWrittenAsItWasRead(String text) {
        assertThat(InitialCluster.parse(text).text()).isEqualTo(text);
    }

    @Test
    void knowsTheUrlsOfEach() {
        InitialCluster cluster = InitialCluster.parse("m1=http://a:1,m1=http://b:1,m2=http://c:1,m3=http://d:1");
        assertThat(cluster.urls("m1")).isEqualTo(List.of("http://a:1", "http://b:1"));
        assertThat(cluster.host("m3")).isEqualTo("d");
        assertThatThrownBy(() -> cluster.urls("m4")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "m1; an initial cluster is NAME=URL",
                "'m1=http://a:1,'; an initial cluster is NAME=URL",
                "=http://a:1; an initial cluster is NAME=URL",
                "-m=http://a:1; an initial cluster is NAME=URL",
                "m1=a:1; a peer URL is",
                "m1=http://a; a peer URL is",
                "m1=http://a:0; a peer URL is",
                "m1=http://a:65536; a peer URL is",
                "m1=http://a:1/; a peer URL is",
                "m1=http://a:1?b; a peer URL is",
                "m1=http://u@a:1; a peer URL is",
                "m1=http://a b:1; a peer URL is",
                "m1=unix://a:1; a peer URL is",
                "'m1=http://a:1,m2=http://b:1'; 'has 1, 3, 5 or 7 members, not 2'",
                "'m1=http://a:1,m2=http://a:1,m3=http://c:1'; two members cannot have the same peer URL"
            })
    void isRefusedInWords(String text, String why) {
        assertThatThrownBy(() -> InitialCluster.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
