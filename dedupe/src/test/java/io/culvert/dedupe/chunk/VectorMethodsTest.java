package io.culvert.dedupe.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.List;
import org.junit.jupiter.api.Test;

/** HotSpot never compiles a method of 8,000 bytecodes or more, and inlines a hot one of up to 325 into its caller. */
final class VectorMethodsTest {

    private static final int HUGE_METHOD_LIMIT = 8_000;
    private static final int FREQUENT_INLINE_SIZE = 325;

    @Test
    void everyVectorMethodIsSmallEnoughToBeCompiled() throws IOException {
        for (Class<?> type : List.of(VectorCompressor.class, Transposition.class, VectorChunker.class)) {
            for (MethodModel method : methods(type)) {
                assertThat(codeLength(method))
                        .as("%s.%s", type, method.methodName())
                        .isLessThan(HUGE_METHOD_LIMIT);
            }
        }
    }

    @Test
    void theStraightMethodsAreTooBigToBeInlined() throws IOException {
        assertTooBigToBeInlined(VectorCompressor.class, "rounds");
        assertTooBigToBeInlined(Transposition.class, "square");
    }

    private static void assertTooBigToBeInlined(Class<?> type, String name) throws IOException {
        assertThat(methods(type))
                .filteredOn(method -> method.methodName().equalsString(name))
                .singleElement()
                .satisfies(method -> assertThat(codeLength(method)).isGreaterThan(FREQUENT_INLINE_SIZE));
    }

    private static List<MethodModel> methods(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            assertThat(in).isNotNull();
            return ClassFile.of().parse(in.readAllBytes()).methods();
        }
    }

    private static int codeLength(MethodModel method) {
        return method.code().map(code -> ((CodeAttribute) code).codeLength()).orElse(0);
    }
}
