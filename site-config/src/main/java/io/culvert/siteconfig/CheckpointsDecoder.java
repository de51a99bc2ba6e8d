package io.culvert.siteconfig;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Decodes {@code checkpoints}: etcd or embedded. */
final class CheckpointsDecoder {
    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._-]{1,63}){1,8}");

    private final Problems problems;
    private final Scalars scalars;
    private final DatasetDecoder datasets;

    CheckpointsDecoder(Problems problems, Scalars scalars, DatasetDecoder datasets) {
        this.problems = problems;
        this.scalars = scalars;
        this.datasets = datasets;
    }

    Optional<Checkpoints> checkpoints(YamlNode node) {
        return Fields.read(node, "`checkpoints`", problems, f -> {
            var etcd = f.optional("etcd", this::etcd);
            var embedded = f.optional("embedded", this::embedded);
            if (f.has("etcd") == f.has("embedded")) {
                problems.add(
                        f.position(),
                        "`checkpoints` names one store: `{embedded: true}` or `{etcd: {endpoints: […], …}}`; found "
                                + (f.has("etcd") ? "both" : "neither"));
            }
            return () -> etcd.isPresent() ? etcd.get() : embedded.get();
        });
    }

    private Optional<Checkpoints> embedded(YamlNode node) {
        return scalars.truth(node)
                .flatMap(yes -> yes
                        ? Optional.of(new Checkpoints.Embedded())
                        : scalars.wrong(node, "`embedded: false` leaves no store; write true, or name `etcd` instead"));
    }

    private Optional<Checkpoints> etcd(YamlNode node) {
        return Fields.read(node, "`etcd`", problems, f -> {
            if (f.has("spawn")) {
                return spawned(f);
            }
            var endpoints = f.required(
                    "endpoints",
                    "endpoints: [\"https://127.0.0.1:2379\"]",
                    scalars.list(1, "endpoints: [\"https://127.0.0.1:2379\"]", this::endpoint));
            var ca = f.optional("ca", scalars::path);
            var cert = f.optional("cert", scalars::path);
            var key = f.optional("key", scalars::path);
            var prefix = f.optional("prefix", this::prefix);
            var maintenance = f.optional("maintenance", scalars.word(Words.of(Checkpoints.Maintenance.values())));
            var backup = f.optional("backup", datasets::backup);
            endpoints.toOptional().ifPresent(e -> checkEndpoints(f, e));
            if (f.has("cert") != f.has("key")) {
                String there = f.has("cert") ? "cert" : "key";
                String missing = f.has("cert") ? "key" : "cert";
                problems.add(f.positionOf(there), "`" + there + "` needs `" + missing + "` beside it");
            }
            return () -> new Checkpoints.Etcd(
                    endpoints.get(),
                    ca.toOptional()
                            .map(c -> new Checkpoints.Tls(
                                    c,
                                    cert.toOptional().map(crt -> new Checkpoints.ClientCertificate(crt, key.get())))),
                    prefix.orElse(Checkpoints.Etcd.DEFAULT_PREFIX),
                    maintenance.orElse(Checkpoints.Maintenance.AUTO),
                    backup.toOptional());
        });
    }

    /** One that the gateway runs itself knows where it is, and is reached by nobody else. */
    private Supplier<Checkpoints> spawned(Fields f) {
        var program = f.required("spawn", "spawn: /usr/bin/etcd", scalars::path);
        var maintenance = f.optional("maintenance", scalars.word(Words.of(Checkpoints.Maintenance.values())));
        var backup = f.optional("backup", datasets::backup);
        for (String key : new String[] {"endpoints", "ca", "cert", "key", "prefix"}) {
            f.optional(key, Optional::of)
                    .toOptional()
                    .ifPresent(
                            value -> problems.add(
                                    f.positionOf(key),
                                    "`" + key
                                            + "` has no use with `spawn`, an etcd that the gateway runs itself; remove one of the two"));
        }
        return () -> new Checkpoints.Spawned(
                program.get(), maintenance.orElse(Checkpoints.Maintenance.AUTO), backup.toOptional());
    }

    private void checkEndpoints(Fields f, List<URI> endpoints) {
        Position at = f.valuePositionOf("endpoints");
        if (endpoints.size() > Checkpoints.Etcd.MAX_ENDPOINTS) {
            problems.add(at, "at most " + Checkpoints.Etcd.MAX_ENDPOINTS + " endpoints; found " + endpoints.size());
        }
        boolean tls = isHttps(endpoints.getFirst());
        if (endpoints.stream().anyMatch(e -> isHttps(e) != tls)) {
            problems.add(at, "the endpoints are all https or all http; found both");
        } else if (tls && !f.has("ca")) {
            problems.add(
                    f.position(), "https endpoints need `ca`, the PEM file of the CA that signed etcd's certificates");
        } else if (!tls) {
            for (String key : new String[] {"ca", "cert", "key"}) {
                if (f.has(key)) {
                    problems.add(
                            f.positionOf(key),
                            "`" + key + "` has no use with http endpoints; write https or remove it");
                }
            }
        }
    }

    private Optional<URI> endpoint(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            Optional<URI> url = Urls.parse(text);
            boolean bare = url.isPresent()
                    && (url.get().getRawPath().isEmpty()
                            || url.get().getRawPath().equals("/"))
                    && url.get().getRawQuery() == null
                    && url.get().getRawUserInfo() == null
                    && url.get().getPort() > 0;
            if (!bare) {
                return scalars.wrong(
                        node,
                        "an endpoint is https://HOST:PORT (etcd's port is 2379) and no more; found "
                                + YamlNode.Scalar.quote(Urls.withoutSecrets(text)));
            }
            if (!isHttps(url.get()) && !Hosts.isLoopback(Urls.host(url.get()))) {
                return scalars.wrong(
                        node,
                        "http would carry checkpoints over the network in the clear; write https, found "
                                + YamlNode.Scalar.quote(text));
            }
            return url;
        });
    }

    private Optional<String> prefix(YamlNode node) {
        return scalars.text(node)
                .flatMap(text -> PREFIX.matcher(text).matches()
                        ? Optional.of(text)
                        : scalars.wrong(
                                node,
                                "a prefix is like `/culvert`: it starts with `/`, does not end with one, and has letters,"
                                        + " digits, `.`, `_`, `-` between; found " + YamlNode.Scalar.quote(text)));
    }

    private static boolean isHttps(URI url) {
        return url.getScheme().equals("https");
    }
}
