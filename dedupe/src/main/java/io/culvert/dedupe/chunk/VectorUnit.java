package io.culvert.dedupe.chunk;

import java.util.concurrent.atomic.AtomicBoolean;
import jdk.incubator.vector.IntVector;

/**
 * Whether the classes that use the incubator's vector API can run here, and whether they already run fast.
 *
 * <p>They can if the JVM was started with {@code --add-modules jdk.incubator.vector} and its vectors have enough lanes. They
 * are fast only once compiled: before, every vector is an object (measured: the first mebibyte takes seconds, the scalar code
 * a tenth of one). So a daemon thread warms them up, from the first question on, and the work is done by scalar code
 * meanwhile, with equal results. On a JVM where they never become fast it stays that way.
 */
final class VectorUnit {

    private static final String MODULE = "jdk.incubator.vector";

    /** With 128 bits the JIT has no vector instructions for what we need before AVX2. */
    private static final int MIN_LANES = 8;

    private static final AtomicBoolean STARTED = new AtomicBoolean();
    private static volatile boolean warm;

    private VectorUnit() {}

    static boolean isUsable() {
        return ModuleLayer.boot().findModule(MODULE).isPresent() && Width.LANES >= MIN_LANES;
    }

    /** Whether vector code is worth calling; only to be asked if usable. The first question starts the warm-up. */
    static boolean isWarm() {
        if (!warm && !STARTED.get() && STARTED.compareAndSet(false, true)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("vector-warm-up")
                    .start(() -> warm = new VectorWarmUp(System::nanoTime).run());
        }
        return warm;
    }

    /** Apart, so that it is loaded only after the module was found. */
    private static final class Width {
        static final int LANES = IntVector.SPECIES_PREFERRED.length();
    }
}
