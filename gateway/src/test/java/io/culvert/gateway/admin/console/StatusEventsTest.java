package io.culvert.gateway.admin.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.SiteStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatusEventsTest {
    private final FakeSite site = new FakeSite();
    private final StatusEvents events = new StatusEvents("k3f9");

    @Test
    void tellsWhatIsNewWithIdsThatCount() {
        StatusEvents.Event first = events.look(site.status()).orElseThrow();
        assertThat(first.id()).isEqualTo("k3f9-1");
        assertThat(first.json()).startsWith("{\"gateway\":{\"site\":\"seoul\"").doesNotContain("\n", "\r");
        assertThat(events.look(site.status())).isEmpty();
        site.appliances = false;
        assertThat(events.look(site.status()).orElseThrow().id()).isEqualTo("k3f9-2");
    }

    @Test
    void whatOnlyGrowsOlderIsNoNews() {
        SiteStatus status = site.status();
        events.look(status);
        assertThat(events.look(at(status.at().plusSeconds(1), 7_201))).isEmpty();
        assertThat(events.look(at(status.at().plusSeconds(2), 7_202))).isEmpty();
    }

    @Test
    void anEventHasTheAgesOfItsMoment() {
        assertThat(events.look(at(FakeSite.NOW, 99)).orElseThrow().json()).contains("\"lagSeconds\":99");
    }

    private SiteStatus at(Instant at, long lagSeconds) {
        SiteStatus s = site.status();
        List<DatasetView> datasets = s.datasets().stream()
                .map(d -> new DatasetView(
                        d.name(),
                        d.kind(),
                        d.source(),
                        d.schedule(),
                        d.rpoSeconds(),
                        d.replicas().stream()
                                .map(r -> new ReplicaView(
                                        r.peer(),
                                        r.pool(),
                                        r.newest(),
                                        r.newestCreated(),
                                        Optional.of(lagSeconds),
                                        r.late(),
                                        r.job()))
                                .toList()))
                .toList();
        return new SiteStatus(
                s.gateway(), s.checkpoints(), s.peers(), datasets, s.jobs(), s.pools(), s.appliances(), s.alarms(), at);
    }
}
