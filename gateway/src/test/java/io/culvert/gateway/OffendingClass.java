package io.culvert.gateway;

import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A class that breaks a rule of {@link ArchitectureTest}, as a class file: so nothing forbidden has to stand in the sources.
 *
 * @param what it does, for the message of a failure
 */
record OffendingClass(String packageName, String what, Consumer<ClassBuilder> body) {
    private static final ClassDesc LOGGER = ClassDesc.of("java.util.logging.Logger");
    private static final ClassDesc PRINTER = ClassDesc.of("java.io.PrintStream");
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    /** Begins a class in a package. */
    record Begun(String packageName) {
        OffendingClass knowing(String className) {
            int nested = className.indexOf('$');
            ClassDesc type = nested < 0
                    ? ClassDesc.of(className)
                    : ClassDesc.of(className.substring(0, nested)).nested(className.substring(nested + 1));
            return new OffendingClass(
                    packageName, "knows " + className, it -> it.withField("known", type, ClassFile.ACC_PRIVATE));
        }

        OffendingClass printing() {
            return method(
                    "prints",
                    0,
                    code -> code.getstatic(ClassDesc.of("java.lang.System"), "out", PRINTER)
                            .invokevirtual(PRINTER, "println", NOTHING)
                            .return_());
        }

        OffendingClass loggingByJul() {
            return method(
                    "logs",
                    0,
                    code -> code.loadConstant("name")
                            .invokestatic(LOGGER, "getLogger", MethodTypeDesc.of(LOGGER, ConstantDescs.CD_String))
                            .loadConstant("text")
                            .invokevirtual(
                                    LOGGER, "info", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String))
                            .return_());
        }

        OffendingClass withSynchronizedMethod() {
            return method("has a synchronized method", ClassFile.ACC_SYNCHRONIZED, CodeBuilder::return_);
        }

        OffendingClass withSynchronizedBlock() {
            return method(
                    "has a synchronized block",
                    0,
                    code -> code.aload(0).monitorenter().aload(0).monitorexit().return_());
        }

        private OffendingClass method(String what, int flags, Consumer<CodeBuilder> code) {
            return new OffendingClass(packageName, what, it -> it.withMethodBody("work", NOTHING, flags, code));
        }
    }

    static Begun in(String packageName) {
        return new Begun(packageName);
    }

    /** Writes the class file below a directory of class files. */
    void writeTo(Path classes) throws IOException {
        ClassDesc name = ClassDesc.of(packageName + ".Offender");
        Path file = classes.resolve(packageName.replace('.', '/')).resolve("Offender.class");
        Files.createDirectories(file.getParent());
        Files.write(file, ClassFile.of().build(name, body));
    }

    @Override
    public String toString() {
        return "a class in " + packageName + " that " + what;
    }
}
