package io.culvert.gateway.admin.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.gateway.admin.DatasetView;
import io.culvert.gateway.admin.GatewayView;
import io.culvert.gateway.admin.ReplicaView;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.ViewJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns statuses into events: one for each that says something new. What merely grows older (ages, the memory of the
 * process) is nothing new. For one thread.
 */
public final class StatusEvents {

    /**
     * One event.
     *
     * @param id {@code EPOCH-NUMBER}; the epoch is another one after each start, so an id of an earlier start is no id of this
     * @param json the status, one line
     */
    public record Event(String id, String json) {}

    private final String epoch;
    private @Nullable SiteStatus last;
    private long number;

    /** @param epoch letters and digits */
    public StatusEvents(String epoch) {
        this.epoch = epoch;
    }

    /** The event that tells this status, if it says something new. */
    public Optional<Event> look(SiteStatus status) {
        SiteStatus ageless = ageless(status);
        if (ageless.equals(last)) {
            return Optional.empty();
        }
        last = ageless;
        number++;
        return Optional.of(new Event(epoch + "-" + number, json(status)));
    }

    private static String json(SiteStatus status) {
        try {
            return ViewJson.MAPPER.writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status must have a JSON form", e);
        }
    }

    private static SiteStatus ageless(SiteStatus s) {
        return new SiteStatus(
                ageless(s.gateway()),
                s.checkpoints(),
                s.peers(),
                s.datasets().stream().map(StatusEvents::ageless).toList(),
                s.jobs(),
                s.pools(),
                s.appliances(),
                s.alarms(),
                Instant.EPOCH);
    }

    private static GatewayView ageless(GatewayView g) {
        return new GatewayView(
                g.site(),
                g.version(),
                g.pid(),
                g.started(),
                g.listen(),
                g.admin(),
                g.stateDir(),
                g.authority(),
                g.certificateExpires(),
                0);
    }

    private static DatasetView ageless(DatasetView d) {
        List<ReplicaView> replicas = d.replicas().stream()
                .map(r -> new ReplicaView(
                        r.peer(), r.pool(), r.newest(), r.newestCreated(), Optional.empty(), r.late(), r.job()))
                .toList();
        return new DatasetView(d.name(), d.kind(), d.source(), d.schedule(), d.rpoSeconds(), replicas);
    }
}
