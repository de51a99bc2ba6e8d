package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointTest {
    @Test
    void anEndpointIsPrintedAsItIsRead() {
        for (String text : List.of("gw.seoul.example:8443", "10.0.0.1:1", "[2001:db8::1]:65535")) {
            assertThat(Endpoint.of(text).toString()).isEqualTo(text);
        }
        assertThat(Endpoint.of("[::1]:8443").host()).isEqualTo("::1");
    }

    @Test
    void whatIsNoEndpointIsNotRead() {
        for (String text : List.of(
                "",
                "host",
                "host:",
                ":1",
                "host:0",
                "host:65536",
                "host:99999",
                "ho st:1",
                "::1:80",
                "-h:1",
                "h/x:1",
                "host:1\n",
                "[::1:1",
                "h".repeat(300) + ":1",
                "host:+1")) {
            assertThat(Endpoint.parse(text)).as(text).isEmpty();
        }
    }
}
