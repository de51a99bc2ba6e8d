package io.culvert.gateway.checkpoint.doctor;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a member's {@code /metrics} says, in Prometheus' text format 0.0.4. Figures that differ in labels only are added up. */
final class MetricsPage {

    private static final Pattern SAMPLE = Pattern.compile(
            "^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\\{.*})?[ \\t]+(?<value>\\S+)([ \\t]+-?\\d+)?$");
    private static final Pattern UPPER_BOUND = Pattern.compile("[{,]le=\"([^\"]+)\"");
    private static final String BUCKET = "_bucket";

    private final Map<String, Double> values = new HashMap<>();
    private final Map<String, NavigableMap<Double, Double>> histograms = new HashMap<>();

    private MetricsPage() {}

    /** Lines that are no samples are passed over. */
    static MetricsPage parse(String text) {
        MetricsPage page = new MetricsPage();
        text.lines().filter(line -> !line.startsWith("#")).forEach(page::add);
        return page;
    }

    private void add(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            return;
        }
        OptionalDouble value = number(sample.group("value"));
        if (value.isEmpty()) {
            return;
        }
        String name = sample.group("name");
        Matcher bound = UPPER_BOUND.matcher(String.valueOf(sample.group("labels")));
        if (name.endsWith(BUCKET) && bound.find()) {
            OptionalDouble upper = number(bound.group(1));
            if (upper.isPresent()) {
                histograms
                        .computeIfAbsent(name.substring(0, name.length() - BUCKET.length()), fresh -> new TreeMap<>())
                        .merge(upper.getAsDouble(), value.getAsDouble(), Double::sum);
            }
        } else {
            values.merge(name, value.getAsDouble(), Double::sum);
        }
    }

    private static OptionalDouble number(String text) {
        try {
            return switch (text) {
                case "+Inf" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
                case "-Inf" -> OptionalDouble.of(Double.NEGATIVE_INFINITY);
                default -> OptionalDouble.of(Double.parseDouble(text));
            };
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    OptionalDouble value(String name) {
        Double value = values.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    Histogram histogram(String name) {
        return new Histogram(histograms.getOrDefault(name, new TreeMap<>()));
    }
}
