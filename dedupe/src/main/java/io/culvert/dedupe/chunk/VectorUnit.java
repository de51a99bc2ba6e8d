package io.culvert.dedupe.chunk;

import jdk.incubator.vector.IntVector;

/**
 * Whether the classes that use the incubator's vector API may be loaded: the JVM was started with {@code --add-modules
 * jdk.incubator.vector}, and its vectors have enough lanes to be worth it.
 */
final class VectorUnit {

    private static final String MODULE = "jdk.incubator.vector";
    private static final int MIN_LANES = 8;

    private VectorUnit() {}

    static boolean isUsable() {
        return ModuleLayer.boot().findModule(MODULE).isPresent() && Width.LANES >= MIN_LANES;
    }

    /** Apart, so that it is loaded only after the module was found. */
    private static final class Width {
        static final int LANES = IntVector.SPECIES_PREFERRED.length();
    }
}
