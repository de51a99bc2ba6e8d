package io.culvert.dedupe.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directory of the containers: from numbers to names and back. */
record ContainerNames(Path directory) {

    private static final Pattern NAME = Pattern.compile("(\\d{10})\\.seg");

    String name(int number) {
        return String.format(Locale.ROOT, "%010d.seg", number);
    }

    Path path(int number) {
        return directory.resolve(name(number));
    }

    /** The numbers of the containers that are there, ascending. */
    List<Integer> numbers(Disk disk) throws IOException {
        return disk.list(directory).stream()
                .map(NAME::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Integer.valueOf(matcher.group(1)))
                .toList();
    }
}
