package io.culvert.siteconfig;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When a job starts: the five fields of a UNIX crontab, minute, hour, day of month, month, day of week.
 *
 * <p>As in crontab(5), if both days are restricted either one suffices. Thread-safe; equal if written alike.
 *
 * @param expression the five fields, separated by one space
 */
public record CronSchedule(String expression) {
    private static final int FIELDS = 5;
    private static final String EXAMPLE = "for example \"*/15 * * * *\" for every quarter of an hour";

    /** Checks the fields, and that there is such a time at all; throws {@link IllegalArgumentException} otherwise. */
    public CronSchedule {
        expression = String.join(" ", expression.strip().split("\\s+"));
        int fields = expression.isEmpty() ? 0 : expression.split(" ").length;
        if (fields != FIELDS) {
            throw new IllegalArgumentException(
                    "a schedule has five fields (minute, hour, day of month, month, day of week), " + EXAMPLE
                            + "; found " + YamlNode.Scalar.quote(expression));
        }
        ZonedDateTime leapYear =
                ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).minusMinutes(1);
        if (executionTime(expression).nextExecution(leapYear).isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no such date: " + YamlNode.Scalar.quote(expression) + " would never start");
        }
    }

    /**
     * Returns the first time after {@code instant}, itself excluded, by the clocks of {@code zone}.
     *
     * <p>A time that the clocks skip in spring does not happen that day; one that they repeat in autumn happens once
     * for a fixed hour.
     */
    public Optional<Instant> nextAfter(Instant instant, ZoneId zone) {
        return executionTime(expression).nextExecution(instant.atZone(zone)).map(ZonedDateTime::toInstant);
    }

    private static ExecutionTime executionTime(String expression) {
        try {
            CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            return ExecutionTime.forCron(parser.parse(expression).validate());
        } catch (IllegalArgumentException e) {
            String reason =
                    e.getMessage() == null ? "" : e.getMessage().replace("Failed to parse cron expression. ", "");
            throw new IllegalArgumentException(
                    YamlNode.Scalar.quote(expression) + " is no schedule (" + reason + "); " + EXAMPLE, e);
        }
    }

    @Override
    public String toString() {
        return expression;
    }
}
