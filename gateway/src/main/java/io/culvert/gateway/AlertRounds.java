package io.culvert.gateway;

import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.alert.Alerting;
import io.culvert.gateway.alert.LocalLog;
import io.culvert.gateway.alert.Origin;
import io.culvert.gateway.alert.Sight;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.stream.GatewayName;
import io.culvert.siteconfig.SiteConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows all alarms to whoever tells people of them, again and again. On a thread of its own, for a disk that hangs may hold up who looks at it. */
final class AlertRounds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AlertRounds.class);

    private final Alerting alerting;
    private final Alarms alarms;
    private final Whereabouts whereabouts;
    private final int gateway;
    private final NowAndThen looks = new NowAndThen(
            Thread.ofPlatform().daemon().name("alerts"), Alerting.EACH, Duration.ofSeconds(2), this::look);

    /** Those that stand. */
    interface Alarms {
        Sight look() throws OperationException;
    }

    /** @param gateway the number of this one */
    AlertRounds(Alerting alerting, Alarms alarms, Whereabouts whereabouts, int gateway) {
        this.alerting = alerting;
        this.alarms = alarms;
        this.whereabouts = whereabouts;
        this.gateway = gateway;
    }

    /** What tells people, with the channels that the site file names. */
    static Alerting open(SiteConfig config, GatewayName own, InstantSource clock, RandomGenerator random) {
        Origin origin = new Origin(config.site().toString(), own.toString(), HostName.ofThisMachine(), Version.text());
        return new Alerting(
                new Alerting.Surroundings(
                        config.stateDir(),
                        origin,
                        message -> UnixDatagram.sendNow(LocalLog.DEVICE, message),
                        clock,
                        System::nanoTime,
                        random),
                config.alerts());
    }

    void start() {
        looks.start();
    }

    private void look() {
        try {
            // Who cannot tell who lives tells what is the site's: twice is better than never.
            boolean first =
                    whereabouts.isFirst(gateway) || !whereabouts.trouble().isEmpty();
            alerting.look(alarms.look(), first);
        } catch (OperationException e) {
            LOG.warn("alarms are not looked at this time: {}", e.sentence());
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
