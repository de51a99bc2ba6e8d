package io.culvert.dedupe.bench;

import org.openjdk.jmh.Main;

/**
 * Runs the benchmarks of this package; arguments are those of JMH (a pattern of names, {@code -p}, {@code -prof gc}, ...).
 *
 * <p>From the root of the checkout, for instance:
 *
 * <pre>
 *   mvn -q -pl dedupe test-compile exec:exec -Dexec.classpathScope=test -Dexec.executable=java \
 *     -Dexec.args="--add-modules=jdk.incubator.vector -cp %classpath io.culvert.dedupe.bench.Benchmarks FingerprintBench"
 * </pre>
 */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) throws Exception {
        Main.main(arguments);
    }
}
