package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.rules.ExpectedRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What this host's firewall has loaded, as its own programs list it; each gets {@value #SECONDS} s and may print 16 MiB. */
final class HostRules {
    private static final int SECONDS = 30;
    private static final int MAX_BYTES = 16 << 20;
    private static final List<String> USUAL = List.of("/usr/sbin", "/sbin", "/usr/bin");

    /** What a program left behind. */
    private record Ended(int code, String printed, String complained) {}

    private HostRules() {}

    /** Culvert's table; empty if it is not there. */
    static String nftables() throws OperationException, InterruptedException {
        Ended ended = run("nft", "nftables", "-j", "list", "table", "inet", ExpectedRules.NFT_TABLE);
        boolean isAbsent = ended.code() != 0 && ended.complained().contains("No such file or directory");
        return isAbsent ? "" : printed("nft", ended);
    }

    static String iptables() throws OperationException, InterruptedException {
        String four = printed("iptables-save", run("iptables-save", "iptables", "-t", "filter"));
        return four + printed("ip6tables-save", run("ip6tables-save", "iptables", "-t", "filter"));
    }

    private static String printed(String program, Ended ended) throws OperationException {
        if (ended.code() == 0) {
            return ended.printed();
        }
        String said = ended.complained().strip();
        boolean isDenied = said.contains("not permitted") || said.contains("ermission denied");
        throw new OperationException(
                FailureCategory.FAILED,
                isDenied
                        ? "only root may read what is loaded (" + program
                                + "): run it as root, or give a list with --file"
                        : program + " ended with " + ended.code() + ": " + said);
    }

    private static Ended run(String program, String debianPackage, String... arguments)
            throws OperationException, InterruptedException {
        Path found = find(program)
                .orElseThrow(() -> new OperationException(
                        FailureCategory.FAILED,
                        program + " is not on this host: install it with \"apt install " + debianPackage
                                + "\", or give a list with --file"));
        try {
            Path complaints = Files.createTempFile("culvert-rules-", ".err");
            try {
                return run(found, complaints, arguments);
            } finally {
                Files.deleteIfExists(complaints);
            }
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, program + " cannot be run: " + e.getMessage(), e);
        }
    }

    private static Ended run(Path program, Path complaints, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                        .toList())
                .redirectError(complaints.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            byte[] printed = process.getInputStream().readNBytes(MAX_BYTES + 1);
            if (printed.length > MAX_BYTES || !process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it printed too much, or did not end in " + SECONDS + " s");
            }
            return new Ended(
                    process.exitValue(),
                    new String(printed, StandardCharsets.UTF_8),
                    Files.readString(complaints, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":", -1)), USUAL.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
