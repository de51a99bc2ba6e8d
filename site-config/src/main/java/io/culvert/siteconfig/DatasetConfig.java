package io.culvert.siteconfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A dataset of this site: what is read, and what is to become of it. */
public sealed interface DatasetConfig {
    /** Returns what all kinds have in common. */
    Policy policy();

    /** Returns the word in the file: {@code tree}, {@code volume} or {@code stream}. */
    default String kind() {
        return switch (this) {
            case Tree tree -> "tree";
            case Volume volume -> "volume";
            case Stream stream -> "stream";
        };
    }

    /**
     * When and where a dataset is replicated, and how long its snapshots stay.
     *
     * @param replicateTo each target once
     * @param schedule nothing: only when asked for
     * @param rpo the lag beyond which an alarm is raised; nothing: never
     */
    record Policy(
            List<ReplicationTarget> replicateTo,
            Optional<CronSchedule> schedule,
            Optional<Duration> rpo,
            Retention retention) {
        /** Copies the targets. */
        public Policy {
            replicateTo = List.copyOf(replicateTo);
        }
    }

    /**
     * A directory with all below it.
     *
     * @param path absolute and normal
     * @param exclude globs; one without {@code /} is matched against names at any depth, one with {@code /} against
     *     the path from the dataset's root
     */
    record Tree(Path path, List<String> exclude, Writers writers, Optional<PointInTime> pointInTime, Policy policy)
            implements DatasetConfig {
        /** Copies the globs. */
        public Tree {
            exclude = List.copyOf(exclude);
        }
    }

    /**
     * A block device or an image file. With {@link Writers#MANY} a point in time is always named.
     *
     * @param path absolute and normal
     */
    record Volume(Path path, Writers writers, Optional<PointInTime> pointInTime, Policy policy)
            implements DatasetConfig {
        /** Checks the rule about several writers. */
        public Volume {
            if (writers == Writers.MANY && pointInTime.isEmpty()) {
                throw new IllegalArgumentException("a volume with several writers needs a pointInTime");
            }
        }
    }

    /**
     * Backup streams that {@code culvert ingest} brings.
     *
     * @param pool the pool of this site that takes them in
     */
    record Stream(String pool, Policy policy) implements DatasetConfig {}
}
