package io.culvert.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of access lists of an ASA, with object groups resolved: one line for each source, destination and range of ports.
 *
 * @param ofIpv4 as {@code LIST permit tcp 192.0.2.10/255.255.255.255 ... 8443-8443}
 */
record AsaAccessList(List<String> ofIpv4) {

    private static final Map<String, Integer> NAMED = Map.of("sunrpc", 111, "nfs", 2049, "https", 443);
    private static final String HOST = "255.255.255.255";

    static AsaAccessList read(String text) {
        Map<String, List<String>> groups = new HashMap<>();
        List<String> current = new ArrayList<>();
        List<String> entries = new ArrayList<>();
        for (String line : text.lines().map(String::strip).toList()) {
            List<String> words = List.of(line.split(" +"));
            switch (words.getFirst()) {
                case "object-group" -> {
                    current = new ArrayList<>();
                    groups.put(words.get(2), current);
                }
                case "network-object", "port-object" -> {
                    List<String> rest = new ArrayList<>(words.subList(1, words.size()));
                    current.add(words.getFirst().startsWith("port") ? ports(rest) : address(rest));
                }
                case "access-list" -> {
                    if (words.contains("extended")) {
                        entry(words, groups, entries);
                    }
                }
                default -> {}
            }
        }
        return new AsaAccessList(
                entries.stream().filter(entry -> !entry.contains("::")).toList());
    }

    private static void entry(List<String> words, Map<String, List<String>> groups, List<String> entries) {
        List<String> rest = new ArrayList<>(words.subList(words.indexOf("extended") + 1, words.size()));
        rest.remove("log");
        String begin = words.get(1) + " " + rest.removeFirst() + " " + rest.removeFirst();
        List<String> sources = addresses(rest, groups);
        List<String> destinations = addresses(rest, groups);
        List<String> ports = rest.getFirst().equals("object-group")
                ? groups.getOrDefault(rest.get(1), List.of())
                : List.of(ports(rest));
        sources.forEach(source -> destinations.forEach(destination ->
                ports.forEach(port -> entries.add(begin + " " + source + " " + destination + " " + port))));
    }

    private static List<String> addresses(List<String> rest, Map<String, List<String>> groups) {
        if (rest.getFirst().equals("object-group")) {
            rest.removeFirst();
            return groups.getOrDefault(rest.removeFirst(), List.of());
        }
        return List.of(address(rest));
    }

    private static String address(List<String> rest) {
        String first = rest.removeFirst();
        if (first.equals("host")) {
            return rest.removeFirst() + "/" + HOST;
        }
        return first.contains("/") ? first : first + "/" + rest.removeFirst();
    }

    private static String ports(List<String> rest) {
        int first = port(rest.get(1));
        return first + "-" + (rest.getFirst().equals("range") ? port(rest.get(2)) : first);
    }

    private static int port(String word) {
        Integer named = NAMED.get(word);
        return named == null ? Integer.parseInt(word) : named;
    }
}
