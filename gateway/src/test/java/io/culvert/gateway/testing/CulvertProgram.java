package io.culvert.gateway.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program under test as a process of its own: this JVM's classes, with the launcher's flags. */
final class CulvertProgram {

    private static final List<String> FLAGS = List.of(
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-modules=jdk.incubator.vector",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=128m",
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=3000",
            "-XX:Tier4CompileThreshold=45000",
            "-XX:+ExitOnOutOfMemoryError");

    private CulvertProgram() {}

    /** What starts it; its arguments follow. */
    static List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.culvert.gateway.Main"));
        return command;
    }
}
