package io.culvert.gateway.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The program under test as a process of its own, with the launcher's flags but for the vector module, whose classes take longer to start
 * than the data of a test to hash: {@code DemoIT}, {@code SystemdIT} and the unit tests of chunking have it.
 *
 * <p>It is the packaged jar where the class path has that, as failsafe's has, else this JVM's classes; it logs as the tests do.
 */
public final class CulvertProgram {

    private static final List<String> FLAGS = List.of(
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-Xlog:aot*=off",
            "-Xlog:cds*=off",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=128m",
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=3000",
            "-XX:Tier4CompileThreshold=45000",
            "-XX:+ExitOnOutOfMemoryError");

    private CulvertProgram() {}

    /** What starts it; its arguments follow. */
    public static List<String> command() throws IOException {
        List<String> command = flags();
        Optional<Path> jar = jar();
        if (jar.isPresent()) {
            command.addAll(List.of("-jar", jar.get().toString()));
            StartArchive.of(jar.get(), command).ifPresent(archive -> command.add(1, "-XX:AOTCache=" + archive));
        } else {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.culvert.gateway.Main"));
        }
        command.add(1, "-Dlogback.configurationFile=" + CulvertProgram.class.getResource("/logback-test.xml"));
        return command;
    }

    /** The JVM with the program's flags; a class path and a main class follow. */
    static List<String> flags() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        return command;
    }

    private static Optional<Path> jar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .filter(path -> path.endsWith("gateway.jar"))
                .findFirst();
    }
}
