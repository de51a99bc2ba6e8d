package io.culvert.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything about a tree that a restore must bring back, as GNU tools see it and not as the product does: names as bytes,
 * types, modes, owners, times in nanoseconds, link targets, sizes, which names are one file, extended attributes, access
 * control lists, devices, and the SHA-256 of each file.
 */
public final class TreeListing {

    private static final String METADATA = "find . -printf '%p|%y|%m|%U:%G|%T@|%l|' "
            + "\\( -type f -printf '%s' -o -printf '-' \\) -printf '\\0' | sort -z | tr '\\0' '\\n'";

    /** Each set of names of one file on a line. */
    private static final String LINKS = "find . -type f -links +1 -printf '%i %p\\n' | sort -k1,1n -k2 | "
            + "awk '{if ($1 != at) {printf \"\\n\"; at = $1} $1 = \"\"; printf \"%s\", $0}' | sort";

    private static final String CONTENT =
            "find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z | tr '\\0' '\\n'";
    private static final String ATTRIBUTES =
            "find . -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -e hex -- 2>/dev/null | grep -v 'security\\.' || true";
    private static final String DEVICES = "find . \\( -type b -o -type c \\) -exec stat -c '%n %t:%T' {} + | sort";

    private TreeListing() {}

    /** Fails with the lines in which two trees differ. */
    public static void assertSame(Path expected, Path actual) throws IOException, InterruptedException {
        List<String> wanted = of(expected);
        List<String> found = of(actual);
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(found);
        List<String> unexpected = new ArrayList<>(found);
        unexpected.removeAll(wanted);
        assertThat(unexpected)
                .as("%s has other lines than %s, which has %s", actual, expected, missing)
                .isEmpty();
        assertThat(missing).as("%s lacks lines of %s", actual, expected).isEmpty();
        assertThat(found).hasSameSizeAs(wanted);
    }

    /** The lines; equal lists mean equal trees. */
    public static List<String> of(Path root) throws IOException, InterruptedException {
        return Stream.of(METADATA, LINKS, CONTENT, ATTRIBUTES, DEVICES)
                .flatMap(script -> lines(root, script).stream())
                .toList();
    }

    private static List<String> lines(Path root, String script) {
        try {
            byte[] output = Shell.run(root, "export LC_ALL=C; " + script);
            return new String(output, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
