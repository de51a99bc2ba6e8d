package io.culvert.gateway.replicate;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to run one job: claimed when it is needed, claimed again when it was lost, until the job has ended and its end is noted, or
 * another gateway goes on with it. Thread-safe.
 */
final class JobOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(JobOwnership.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** So often a claim of a former run is waited for, about a minute; then it is another gateway's. */
    private static final int MAX_ELSEWHERE = 8;

    private final Job job;
    private final JobLedger ledger;
    private final RandomGenerator random;

    /** Of the job's thread, and while an attempt runs of the one that notes. */
    private volatile JobLedger.@Nullable Claim claim;

    /** Open once the run is noted, or it is known why it is not yet. */
    private final CountDownLatch answered = new CountDownLatch(1);

    /** Of the job's thread. */
    private boolean noted;

    private volatile boolean lost;
    private volatile boolean left;
    private volatile String notNoted = "";

    JobOwnership(Job job, JobLedger ledger, RandomGenerator random) {
        this.job = job;
        this.ledger = ledger;
        this.random = random;
    }

    /** The claim that the job has, else a new one. */
    JobLedger.Claim claim() throws JobLedger.LedgerException {
        JobLedger.Claim present = claim;
        if (present != null && !lost) {
            return present;
        }
        lost = false;
        try {
            JobLedger.Claim fresh = ledger.claim(job.key(), () -> lost = true);
            claim = fresh;
            if (left) { // who said so a moment ago found no claim to release
                fresh.release();
                throw new JobLedger.ElsewhereException(
                        "another gateway of the site goes on with the job", new IOException("it was left"));
            }
            job.owned(fresh.fence().toString());
            return fresh;
        } catch (JobLedger.LedgerException e) {
            lost = true;
            throw e;
        }
    }

    /** The run is noted already: it was begun before, here or elsewhere. */
    void isKnown() {
        noted = true;
        answered.countDown();
    }

    /** Notes, the first time, that there is this run: from then on it is gone on with whatever becomes of this gateway. */
    void noteBegun(JobLedger.Claim present) throws JobLedger.LedgerException {
        if (!noted) {
            present.noteNow(job.note());
            noted = true;
            answered.countDown();
        }
    }

    /** Whoever waits for it to be noted need not wait longer: the job says why it is not. */
    void isNotNotedYet() {
        answered.countDown();
    }

    void awaitBegun(Duration longest) throws InterruptedException {
        answered.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isLost() {
        return lost;
    }

    /** Gives it up for good. */
    void leave() {
        left = true;
        lost = true;
        release();
    }

    boolean isLeft() {
        return left;
    }

    /**
     * Notes how the job ended as soon as the ledger takes it, if it was ever owned, or noted by a run before this one, whose claim may
     * hold for a lease yet; who waits for the job was told before.
     */
    void noteEnd() throws InterruptedException {
        if (claim == null && !noted) {
            return;
        }
        int elsewhere = 0;
        for (Duration pause = FIRST_PAUSE; !left; pause = longer(pause)) {
            try {
                JobLedger.Claim present = claim();
                present.noteNow(job.note());
                present.ended(job.view());
                return;
            } catch (JobLedger.ElsewhereException e) {
                notNoted = String.valueOf(e.getMessage());
                if (claim != null || ++elsewhere > MAX_ELSEWHERE) {
                    notNoted(e);
                    return;
                }
                Thread.sleep((long) (pause.toMillis() * (0.5 + random.nextDouble())));
            } catch (IOException e) {
                notNoted = String.valueOf(e.getMessage());
                if (pause.equals(FIRST_PAUSE)) {
                    notNoted(e);
                }
                Thread.sleep((long) (pause.toMillis() * (0.5 + random.nextDouble())));
            }
        }
    }

    /** Why the end is not noted yet; empty if nothing is known to keep it from that. */
    String notNoted() {
        return notNoted;
    }

    private static Duration longer(Duration pause) {
        return pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void notNoted(IOException why) {
        LOG.atWarn().addKeyValue("job", job.id()).log("the end of the job is not noted yet: {}", why.getMessage());
    }

    /** Others can claim it; may be called again. */
    void release() {
        JobLedger.Claim last = claim;
        if (last != null) {
            last.release();
        }
    }
}
