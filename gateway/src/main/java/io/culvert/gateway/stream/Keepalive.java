package io.culvert.gateway.stream;

/**
 * Notices a dead path: pings in intervals, and gives the link up when no byte came for too long or when it takes too
 * long to come up or to end. One virtual thread for each link.
 */
final class Keepalive {

    private final Link link;
    private final LinkLife life;
    private final LinkSettings settings;

    Keepalive(Link link, LinkLife life, LinkSettings settings) {
        this.link = link;
        this.life = life;
        this.settings = settings;
    }

    void run() {
        long intervalNanos = settings.timing().ping().toNanos();
        try {
            while (!life.awaitLost(intervalNanos)) {
                check();
            }
        } catch (InterruptedException e) {
            link.fail("the keepalive was interrupted");
        }
    }

    private void check() {
        long now = settings.ticker().getAsLong();
        long silentNanos = now - link.wire().lastReadNanos();
        if (silentNanos > settings.timing().deadAfter().toNanos()) {
            link.fail("nothing came from " + link.peer() + " for " + silentNanos / 1_000_000_000 + " s");
        } else if (!life.wasUp()
                && now - life.startedNanos() > settings.timing().hello().toNanos()) {
            link.fail("no hello from " + link.peer() + " within "
                    + settings.timing().hello().toSeconds() + " s");
        } else if (life.lingers(now)) {
            link.fail("closed");
        } else {
            link.ping(now);
        }
    }
}
