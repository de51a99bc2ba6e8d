package io.culvert.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RefusalTest {

    @Test
    void saysNothingOfTheInsideOfAConnection() {
        Status closed = Status.UNAVAILABLE.withDescription("Connection closed while performing TLS negotiation"
                + " Channel Pipeline: [Wire#0, SslHandler#0, ProtocolNegotiators$ClientTlsHandler#0]");
        assertThat(Refusal.describe(closed, new Metadata()))
                .isEqualTo("Connection closed while performing TLS negotiation");
    }

    @Test
    void saysWhatIsBehindWhatOnlyWraps() {
        Status wrapped =
                Status.UNAVAILABLE.withDescription("io exception").withCause(new IOException("reset by\npeer"));
        assertThat(Refusal.describe(wrapped, new Metadata())).isEqualTo("reset by peer");
    }
}
