package io.culvert.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may know whom, over the classes of all four modules; CONTRIBUTING.md says it in words.
 *
 * <p>Each rule stands beside classes that break it, made on the spot by {@link OffendingClass}: a rule that has come to
 * match nothing fails as well.
 */
final class ArchitectureTest {
    private static final String[] CARRIERS = {"io.grpc..", "io.netty.."};
    private static final String[] OUTSIDE = {"io.grpc..", "io.netty..", "io.etcd..", "io.vertx.."};
    private static final String[] LIBRARIES = {"io.culvert.siteconfig..", "io.culvert.dedupe..", "io.culvert.proto.."};
    private static final String[] GENERATED = {"io.culvert.proto.v1..", "io.culvert.proto.wire.."};

    /** Parts of the gateway that meet in {@link Gateway} only; those of later versions are named already. */
    private static final List<String> FEATURES = List.of(
            "relay", "replicate", "checkpoint", "identity", "probe", "admin", "schedule", "owner", "address", "alert");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.culvert");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    /** A rule and classes that it must refuse. */
    record Rule(String name, ArchRule rule, List<OffendingClass> offenders) {
        static Rule of(String name, ArchRule rule, OffendingClass... offenders) {
            return new Rule(name, rule.as(name).allowEmptyShould(true), List.of(offenders));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Rule> rules() {
        return Stream.of(modules(), ruleTemplates(), features(), adapters(), habits())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Rule> modules() {
        return List.of(
                Rule.of(
                        "site-config knows no other module and nothing that carries or stores",
                        mayNotKnow(
                                "io.culvert.siteconfig..",
                                "io.culvert.dedupe..",
                                "io.culvert.proto..",
                                "io.culvert.gateway.."),
                        OffendingClass.in("io.culvert.siteconfig").knowing("io.culvert.dedupe.chunk.Fingerprint")),
                Rule.of(
                        "dedupe knows no other module",
                        mayNotKnow(
                                "io.culvert.dedupe..",
                                "io.culvert.siteconfig..",
                                "io.culvert.proto..",
                                "io.culvert.gateway.."),
                        OffendingClass.in("io.culvert.dedupe.pool").knowing("io.culvert.siteconfig.SiteConfig")),
                Rule.of(
                        "replication-proto knows dedupe and no other module",
                        mayNotKnow("io.culvert.proto..", "io.culvert.siteconfig..", "io.culvert.gateway.."),
                        OffendingClass.in("io.culvert.proto.session").knowing("io.culvert.siteconfig.SiteConfig")),
                Rule.of(
                        "site-config and dedupe know neither gRPC, Netty, etcd nor Vert.x",
                        noClasses()
                                .that()
                                .resideInAnyPackage("io.culvert.siteconfig..", "io.culvert.dedupe..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(OUTSIDE),
                        OffendingClass.in("io.culvert.siteconfig").knowing("io.vertx.core.Vertx"),
                        OffendingClass.in("io.culvert.dedupe.pool").knowing("io.grpc.Status"),
                        OffendingClass.in("io.culvert.dedupe.tree").knowing("io.netty.buffer.ByteBuf"),
                        OffendingClass.in("io.culvert.dedupe.tree").knowing("io.etcd.jetcd.Client")),
                Rule.of(
                        "the session and channel machines are pure: no clock, file, socket, thread, lock or random source"
                                + " (but the budget that all machines of a gateway share has a lock)",
                        noClasses()
                                .that()
                                .resideInAnyPackage("io.culvert.proto.session..", "io.culvert.proto.channel..")
                                .and()
                                .doNotBelongToAnyOf(io.culvert.proto.channel.WindowBudget.class)
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "java.nio.file..", "java.net..", "java.util.concurrent..", "java.time..")
                                .orShould()
                                .dependOnClassesThat()
                                .belongToAnyOf(
                                        Thread.class, java.util.Random.class, java.util.random.RandomGenerator.class),
                        OffendingClass.in("io.culvert.proto.session").knowing("java.time.InstantSource"),
                        OffendingClass.in("io.culvert.proto.channel").knowing("java.lang.Thread")));
    }

    private static List<Rule> ruleTemplates() {
        return List.of(
                Rule.of(
                        "the site file knows nothing of the rules that are made of it",
                        mayNotKnow("io.culvert.siteconfig", "io.culvert.siteconfig.rules.."),
                        OffendingClass.in("io.culvert.siteconfig").knowing("io.culvert.siteconfig.rules.RulePlan")),
                Rule.of(
                        "rule templates are pure: no clock, file, thread, lock, random source or name service",
                        noClasses()
                                .that()
                                .resideInAPackage("io.culvert.siteconfig.rules..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("java.nio.file..", "java.util.concurrent..")
                                .orShould()
                                .dependOnClassesThat()
                                .belongToAnyOf(
                                        Thread.class,
                                        java.time.InstantSource.class,
                                        java.util.Random.class,
                                        java.util.random.RandomGenerator.class)
                                .orShould()
                                .callMethod(java.net.InetAddress.class, "getAllByName", String.class)
                                .orShould()
                                .callMethod(java.net.InetAddress.class, "getByName", String.class),
                        OffendingClass.in("io.culvert.siteconfig.rules").knowing("java.nio.file.Path"),
                        OffendingClass.in("io.culvert.siteconfig.rules").knowing("java.time.InstantSource")));
    }

    private static ArchRule mayNotKnow(String module, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }

    private static List<Rule> features() {
        List<Rule> rules = new ArrayList<>();
        for (String feature : FEATURES) {
            String[] others = FEATURES.stream()
                    .filter(other -> !other.equals(feature))
                    .map(other -> "io.culvert.gateway." + other + "..")
                    .toArray(String[]::new);
            String known = feature.equals("checkpoint") ? "identity.PeerRefusal" : "checkpoint.Ownership";
            rules.add(Rule.of(
                    "the feature " + feature + " knows no other feature",
                    mayNotKnow("io.culvert.gateway." + feature + "..", others),
                    OffendingClass.in("io.culvert.gateway." + feature).knowing("io.culvert.gateway." + known)));
            rules.add(Rule.of(
                    "the feature " + feature + " knows neither the command line nor the composition root",
                    mayNotKnow(
                            "io.culvert.gateway." + feature + "..", "io.culvert.gateway.cli..", "io.culvert.gateway"),
                    OffendingClass.in("io.culvert.gateway." + feature).knowing("io.culvert.gateway.Gateway")));
        }
        rules.add(Rule.of(
                "the stream serves features and knows none",
                mayNotKnow(
                        "io.culvert.gateway.stream..",
                        FEATURES.stream()
                                .map(f -> "io.culvert.gateway." + f + "..")
                                .toArray(String[]::new)),
                OffendingClass.in("io.culvert.gateway.stream").knowing("io.culvert.gateway.identity.PeerRefusal")));
        return rules;
    }

    private static List<Rule> adapters() {
        return List.of(
                Rule.of(
                        "only checkpoint touches jetcd",
                        onlyIn(new String[] {"io.culvert.gateway.checkpoint.."}, "io.etcd.."),
                        OffendingClass.in("io.culvert.gateway.admin").knowing("io.etcd.jetcd.Client")),
                Rule.of(
                        "only admin.http touches Vert.x",
                        onlyIn(new String[] {"io.culvert.gateway.admin.http.."}, "io.vertx.."),
                        OffendingClass.in("io.culvert.gateway.cli").knowing("io.vertx.core.Vertx")),
                Rule.of(
                        "the console's codes, sessions and events know no HTTP, file, socket or thread",
                        noClasses()
                                .that()
                                .resideInAPackage("io.culvert.gateway.admin.console..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        "io.vertx..",
                                        "java.net..",
                                        "java.nio.file..",
                                        "io.culvert.gateway.admin.http..",
                                        "io.culvert.gateway.admin.client..")
                                .orShould()
                                .dependOnClassesThat()
                                .belongToAnyOf(Thread.class, java.security.SecureRandom.class),
                        OffendingClass.in("io.culvert.gateway.admin.console").knowing("io.vertx.core.Vertx"),
                        OffendingClass.in("io.culvert.gateway.admin.console").knowing("java.nio.file.Path"),
                        OffendingClass.in("io.culvert.gateway.admin.console").knowing("java.security.SecureRandom")),
                Rule.of(
                        "gRPC and Netty stay in stream and identity, in the frame's marshaller, and below jetcd",
                        noClasses()
                                .that()
                                .resideInAPackage("io.culvert..")
                                .and()
                                .resideOutsideOfPackages(
                                        "io.culvert.gateway.stream..",
                                        "io.culvert.gateway.identity..",
                                        "io.culvert.gateway.checkpoint..",
                                        "io.culvert.proto.frame..")
                                .and()
                                .resideOutsideOfPackages(GENERATED)
                                .and()
                                .areNotAssignableTo(SiteSecurity.class) // hands identity's TLS contexts to the stream
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(CARRIERS),
                        OffendingClass.in("io.culvert.gateway.replicate").knowing("io.grpc.Status"),
                        OffendingClass.in("io.culvert.gateway").knowing("io.netty.buffer.ByteBuf")));
    }

    private static ArchRule onlyIn(String[] packages, String what) {
        return noClasses()
                .that()
                .resideInAPackage("io.culvert..")
                .and()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(what);
    }

    private static List<Rule> habits() {
        return List.of(
                Rule.of(
                        "libraries do not log",
                        noClasses()
                                .that()
                                .resideInAnyPackage(LIBRARIES)
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..")
                                .orShould()
                                .dependOnClassesThat()
                                .areAssignableTo(System.Logger.class),
                        OffendingClass.in("io.culvert.dedupe.pool").knowing("org.slf4j.Logger"),
                        OffendingClass.in("io.culvert.siteconfig").knowing("java.lang.System$Logger")),
                Rule.of(
                        "java.util.logging is known to the stream alone, which quiets gRPC's loggers",
                        onlyIn(new String[] {"io.culvert.gateway.stream.."}, "java.util.logging.."),
                        OffendingClass.in("io.culvert.gateway.identity").knowing("java.util.logging.Logger")),
                Rule.of(
                        "nobody logs through java.util.logging",
                        noClasses()
                                .should()
                                .callMethodWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
                                        "a logging method of java.util.logging.Logger", ArchitectureTest::logs)),
                        OffendingClass.in("io.culvert.gateway.stream").loggingByJul()),
                Rule.of(
                        "nobody writes to System.out or System.err",
                        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS,
                        OffendingClass.in("io.culvert.gateway.cli").printing()),
                Rule.of(
                        "nothing is synchronized: a ReentrantLock can be simulated and interrupted",
                        classes().that().resideOutsideOfPackages(GENERATED).should(new NotSynchronize()),
                        OffendingClass.in("io.culvert.dedupe.pool").withSynchronizedMethod(),
                        OffendingClass.in("io.culvert.dedupe.pool").withSynchronizedBlock()),
                Rule.of(
                        "every package has a package-info with @NullMarked",
                        classes().that().resideOutsideOfPackages(GENERATED).should(new LiveInNullMarkedPackage()),
                        OffendingClass.in("io.culvert.gateway.unmarked").knowing("java.lang.Object")));
    }

    private static boolean logs(JavaMethodCall call) {
        return call.getTargetOwner().isEquivalentTo(java.util.logging.Logger.class)
                && !Set.of("getLogger", "setLevel").contains(call.getName());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holdsForEveryClass(Rule rule) {
        rule.rule().check(OURS);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void refusesAClassThatBreaksTheRule(Rule rule) throws IOException {
        for (int i = 0; i < rule.offenders().size(); i++) {
            OffendingClass offender = rule.offenders().get(i);
            Path classes = directory.resolve(String.valueOf(i));
            offender.writeTo(classes);

            assertThat(rule.rule()
                            .evaluate(new ClassFileImporter().importPath(classes))
                            .hasViolation())
                    .as("%s must be refused", offender)
                    .isTrue();
        }
    }

    @Test
    void seesTheClassesOfAllModules() {
        for (String one : List.of(
                "io.culvert.siteconfig.SiteConfig",
                "io.culvert.dedupe.pool.Pool",
                "io.culvert.proto.session.SenderSession",
                "io.culvert.gateway.Gateway")) {
            assertThat(OURS.contain(one)).as(one).isTrue();
        }
    }
}
