package io.culvert.gateway.checkpoint.doctor;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The members of a cluster with their peer URLs, in the form of etcd's {@code --initial-cluster}: {@code m1=https://10.0.0.1:2380,...}. A
 * name that has several URLs stands there several times.
 *
 * @param members by name, in the order in which they were given
 */
public record InitialCluster(Map<String, List<String>> members) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final List<Integer> SIZES = List.of(1, 3, 5, 7);

    public InitialCluster {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        members.forEach((name, urls) -> copy.put(name, List.copyOf(urls)));
        members = java.util.Collections.unmodifiableMap(copy);
    }

    /**
     * Reads what a person wrote for a new cluster.
     *
     * @throws IllegalArgumentException if it is none, or has another number of members than 1, 3, 5 or 7; its message is a sentence
     */
    public static InitialCluster parse(String text) {
        Map<String, List<String>> members = new LinkedHashMap<>();
        List<URI> seen = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String name = part.substring(0, Math.max(0, equals)).strip();
            if (equals < 0 || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "an initial cluster is NAME=URL,NAME=URL,...; found \"" + part + "\"");
            }
            URI url = peerUrl(part.substring(equals + 1).strip());
            if (seen.contains(url)) {
                throw new IllegalArgumentException("two members cannot have the same peer URL, " + url);
            }
            seen.add(url);
            members.computeIfAbsent(name, fresh -> new ArrayList<>()).add(url.toString());
        }
        if (!SIZES.contains(members.size())) {
            throw new IllegalArgumentException("a cluster has 1, 3, 5 or 7 members, not " + members.size()
                    + ": an even number stands still after as many losses as one member less; restore fewer, and add"
                    + " others when they are there");
        }
        return new InitialCluster(members);
    }

    /**
     * A peer URL as etcd takes it.
     *
     * @throws IllegalArgumentException if it is none; its message is a sentence
     */
    public static URI peerUrl(String text) {
        try {
            URI url = new URI(text);
            boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = "".equals(url.getRawPath()) && url.getRawQuery() == null && url.getRawFragment() == null;
            if (known && bare && url.getRawUserInfo() == null && url.getHost() != null && isPort(url.getPort())) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(notOne(text), e);
        }
        throw new IllegalArgumentException(notOne(text));
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }

    private static String notOne(String text) {
        return "a peer URL is http://HOST:PORT or https://HOST:PORT with nothing behind it; found \"" + text + "\"";
    }

    /** As etcd and etcdctl take it. */
    String text() {
        return members.entrySet().stream()
                .flatMap(member -> member.getValue().stream().map(url -> member.getKey() + "=" + url))
                .collect(Collectors.joining(","));
    }

    /** Of one of its members. */
    List<String> urls(String name) {
        List<String> urls = members.get(name);
        if (urls == null) {
            throw new IllegalArgumentException("name must be one of " + members.keySet() + ", was " + name);
        }
        return urls;
    }

    /** The hosts of one of its members, for people. */
    String host(String name) {
        return URI.create(urls(name).getFirst()).getHost();
    }
}
