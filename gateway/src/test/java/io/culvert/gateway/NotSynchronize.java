package io.culvert.gateway;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.net.URI;

/** Holds for a class without synchronized methods and blocks; looks at the bytecode, which ArchUnit does not show. */
final class NotSynchronize extends ArchCondition<JavaClass> {

    NotSynchronize() {
        super("not use synchronized");
    }

    @Override
    public void check(JavaClass item, ConditionEvents events) {
        item.getSource().ifPresent(source -> {
            for (MethodModel method :
                    ClassFile.of().parse(read(source.getUri())).methods()) {
                if (isSynchronized(method)) {
                    events.add(SimpleConditionEvent.violated(
                            item, item.getName() + "." + method.methodName().stringValue() + " uses synchronized"));
                }
            }
        });
    }

    private static byte[] read(URI uri) {
        try (InputStream in = uri.toURL().openStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSynchronized(MethodModel method) {
        return (method.flags().flagsMask() & ClassFile.ACC_SYNCHRONIZED) != 0
                || method.code()
                        .map(code -> code.elementStream().anyMatch(NotSynchronize::isMonitor))
                        .orElse(false);
    }

    private static boolean isMonitor(CodeElement element) {
        return element instanceof MonitorInstruction;
    }
}
