package io.culvert.siteconfig;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Decodes {@code peers}. */
final class PeerDecoder {
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
    private static final String END_OF_DAY = "24:00";
    private static final int MAX_RULES = 100;

    private final Problems problems;
    private final Scalars scalars;
    private final Crosscheck crosscheck;

    PeerDecoder(Problems problems, Scalars scalars, Crosscheck crosscheck) {
        this.problems = problems;
        this.scalars = scalars;
        this.crosscheck = crosscheck;
    }

    Optional<Map<SiteName, PeerConfig>> peers(YamlNode node) {
        return Fields.entries(node, "`peers`", problems, scalars::site, (entry, name) -> {
            crosscheck.peer(name, entry.key().position());
            return peer(entry.value(), name);
        });
    }

    private Optional<PeerConfig> peer(YamlNode node, SiteName name) {
        return Fields.read(node, "peer `" + name + "`", problems, f -> {
            var endpoint = f.optional("endpoint", scalars::hostPort);
            endpoint.toOptional()
                    .ifPresent(e -> crosscheck.endpoint("peer `" + name + "`", e, f.valuePositionOf("endpoint")));
            var dial = f.optional("dial", scalars::truth);
            var bandwidth = f.optional("bandwidth", this::plan);
            return () ->
                    new PeerConfig(endpoint.toOptional(), dial.toOptional(), bandwidth.orElse(BandwidthPlan.UNLIMITED));
        });
    }

    private Optional<BandwidthPlan> plan(YamlNode node) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            return scalars.wrong(
                    node, "a list is needed, for example `bandwidth: [{limit: 200Mbit/s}]`; found " + node.found());
        }
        if (sequence.items().size() > MAX_RULES) {
            return scalars.wrong(node, "a peer has at most " + MAX_RULES + " bandwidth rules");
        }
        int before = problems.count();
        List<BandwidthRule> rules = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
            rule(item).ifPresent(rule -> {
                if (rule.holdsAlways() && !rules.isEmpty()) {
                    problems.add(
                            item.position(),
                            "this rule holds at all times, so those before it never do (the last that holds decides);"
                                    + " put it first");
                }
                rules.add(rule);
            });
        }
        return problems.count() == before ? Optional.of(new BandwidthPlan(rules)) : Optional.empty();
    }

    private Optional<BandwidthRule> rule(YamlNode node) {
        return Fields.read(node, "a bandwidth rule", problems, f -> {
            var limit = f.required("limit", "limit: 200Mbit/s", this::limit);
            var from = f.optional("from", n -> time(n, false));
            var to = f.optional("to", n -> time(n, true));
            var days = f.optional("days", this::days);
            if (f.has("from") != f.has("to")) {
                String there = f.has("from") ? "from" : "to";
                String missing = f.has("from") ? "to" : "from";
                problems.add(f.positionOf(there), "`" + there + "` needs `" + missing + "` beside it");
            } else if (from.toOptional().equals(to.toOptional())
                    && from.toOptional()
                            .filter(t -> !t.equals(LocalTime.MIDNIGHT))
                            .isPresent()) {
                problems.add(f.positionOf("from"), "`from` and `to` are the same; leave both out for the whole day");
            }
            return () -> new BandwidthRule(
                    limit.get(),
                    from.orElse(LocalTime.MIDNIGHT),
                    to.orElse(LocalTime.MIDNIGHT),
                    days.orElse(DaysOfWeek.all()));
        });
    }

    private Optional<Optional<Bandwidth>> limit(YamlNode node) {
        boolean none = node instanceof YamlNode.Scalar scalar && scalar.text().equals("none");
        return none
                ? Optional.of(Optional.empty())
                : scalars.quantity(Bandwidth::parse).decode(node).map(Optional::of);
    }

    private Optional<LocalTime> time(YamlNode node, boolean end) {
        return scalars.text(node).flatMap(text -> {
            if (end && text.equals(END_OF_DAY)) {
                return Optional.of(LocalTime.MIDNIGHT);
            }
            return TIME.matcher(text).matches()
                    ? Optional.of(LocalTime.parse(text))
                    : scalars.wrong(
                            node,
                            "a time is \"00:00\" to \"23:59\" (\"24:00\" as an end); found "
                                    + YamlNode.Scalar.quote(text));
        });
    }

    private Optional<Set<DayOfWeek>> days(YamlNode node) {
        return scalars.parsed(DaysOfWeek::parse).decode(node);
    }
}
