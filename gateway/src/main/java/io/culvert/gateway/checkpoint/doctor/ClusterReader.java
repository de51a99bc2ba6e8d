package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.EtcdFailure;
import io.culvert.gateway.checkpoint.EtcdMember;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every member of the cluster how it is: all at the same time, each for as long as one call may take. Thread-safe. */
final class ClusterReader implements AutoCloseable {

    /** How what is wrong with a member of another cluster ends. */
    static final String FOREIGN = " belongs to another cluster than the others";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterReader.class);

    /** That of etcd 3.4 has 100 KB. */
    private static final long MAX_METRICS_BYTES = 4 << 20;

    private final List<URI> endpoints;
    private final Duration timeout;
    private final @Nullable SslContext tls;
    private final SSLContext jdkTls;
    private final HttpClient http;
    private final Map<URI, EtcdMember> known = new ConcurrentHashMap<>();
    private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();

    /** @throws IOException if the TLS files cannot be used */
    ClusterReader(EtcdSettings settings) throws IOException {
        this.endpoints = settings.endpoints();
        this.timeout = settings.timing().callTimeout();
        this.tls = EtcdMember.tls(settings.tls());
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(timeout);
        this.jdkTls = jdk(settings.tls());
        if (settings.tls() != null) {
            builder.sslContext(jdkTls);
        }
        this.http = builder.build();
    }

    private static SSLContext jdk(EtcdSettings.@Nullable Tls files) throws IOException {
        try {
            return files == null
                    ? SSLContext.getDefault()
                    : ((JdkSslContext) SslContextBuilder.forClient()
                                    .sslProvider(SslProvider.JDK)
                                    .trustManager(files.ca().toFile())
                                    .keyManager(
                                            files.certificate().toFile(),
                                            files.key().toFile())
                                    .build())
                            .context();
        } catch (SSLException | NoSuchAlgorithmException e) {
            throw new IOException("the TLS files for etcd cannot be used (" + files + "): " + e.getMessage(), e);
        }
    }

    /** Whether the site file names this endpoint. */
    boolean isNamed(URI endpoint) {
        return endpoints.contains(endpoint);
    }

    /** How this gateway speaks TLS with etcd. */
    SSLContext tls() {
        return jdkTls;
    }

    /** The member at an endpoint, whether it answers or not. */
    EtcdMember at(URI endpoint) {
        return known.computeIfAbsent(endpoint, fresh -> EtcdMember.of(fresh, tls));
    }

    /** What one endpoint said. */
    private record Answer(
            URI endpoint,
            String trouble,
            Optional<StatusResponse> said,
            List<Member> members,
            Optional<MemberReading.Figures> figures) {

        long memberId() {
            return said.map(status -> status.getHeader().getMemberId()).orElse(0L);
        }

        /** A member of another cluster counts as none, and says so. */
        Answer foreignTo(long cluster) {
            boolean own = said.isEmpty() || said.get().getHeader().getClusterId() == cluster;
            return own
                    ? this
                    : new Answer(
                            endpoint, "etcd at " + endpoint + FOREIGN, Optional.empty(), List.of(), Optional.empty());
        }

        boolean leads() {
            return said.filter(
                            status -> status.getLeader() == status.getHeader().getMemberId())
                    .isPresent();
        }

        MemberReading reading(Member member, String name) {
            return new MemberReading(
                    member.getID(),
                    name,
                    member.getIsLearner(),
                    endpoint.toString(),
                    member.getPeerURLsList(),
                    trouble,
                    said.map(this::state));
        }

        /** Of one that the cluster does not name; of another cluster, perhaps. */
        MemberReading stray(boolean clusterIsKnown) {
            return new MemberReading(
                    clusterIsKnown ? 0 : memberId(),
                    endpoint.toString(),
                    false,
                    endpoint.toString(),
                    List.of(),
                    trouble,
                    said.map(this::state));
        }

        private MemberReading.State state(StatusResponse status) {
            return new MemberReading.State(
                    status.getVersion(),
                    status.getLeader(),
                    status.getRaftTerm(),
                    status.getRaftIndex(),
                    status.getRaftAppliedIndex(),
                    status.getHeader().getRevision(),
                    status.getDbSize(),
                    status.getDbSizeInUse(),
                    List.copyOf(status.getErrorsList()),
                    figures);
        }
    }

    ClusterReading read(Instant at) throws InterruptedException {
        List<Answer> answers = new ArrayList<>(ask(endpoints));
        List<Member> members = answers.stream()
                .filter(answer -> !answer.members().isEmpty())
                .min(Comparator.comparing(answer -> !answer.leads())) // a member that lags has an old list
                .map(Answer::members)
                .orElse(List.of());
        answers.addAll(ask(members.stream()
                .filter(member -> answers.stream().noneMatch(answer -> isOf(answer, member)))
                .flatMap(member -> urls(member).stream().limit(1))
                .toList()));
        long cluster = answers.stream()
                .flatMap(answer -> answer.said().stream())
                .mapToLong(status -> status.getHeader().getClusterId())
                .findFirst()
                .orElse(0);
        answers.replaceAll(answer -> answer.foreignTo(cluster));
        return new ClusterReading(at, cluster, readings(members, answers));
    }

    /** Each member that the cluster names, then what else was asked. */
    private static List<MemberReading> readings(List<Member> members, List<Answer> answers) {
        Map<Object, MemberReading> readings = new LinkedHashMap<>();
        for (Member member : members) {
            String name = member.getName().isEmpty() ? Long.toHexString(member.getID()) : member.getName();
            MemberReading reading = answers.stream()
                    .filter(answer -> isOf(answer, member))
                    .min(Comparator.comparing(answer -> answer.said().isEmpty()))
                    .map(answer -> answer.reading(member, name))
                    .orElseGet(() -> new MemberReading(
                            member.getID(),
                            name,
                            member.getIsLearner(),
                            "-",
                            member.getPeerURLsList(),
                            "it names no client URL that can be asked",
                            Optional.empty()));
            readings.put(member.getID(), reading);
        }
        for (Answer answer : answers) {
            if (members.stream().noneMatch(member -> isOf(answer, member))) {
                readings.put(answer.endpoint(), answer.stray(!members.isEmpty()));
            }
        }
        return readings.values().stream()
                .sorted(Comparator.comparing(MemberReading::name))
                .toList();
    }

    /** By what it said, or where it was asked. */
    private static boolean isOf(Answer answer, Member member) {
        return answer.said().isPresent()
                ? answer.memberId() == member.getID()
                : urls(member).contains(answer.endpoint());
    }

    /** Those that can be asked: a member may advertise anything. */
    static List<URI> urls(Member member) {
        List<URI> urls = new ArrayList<>();
        for (String text : member.getClientURLsList()) {
            try {
                URI url = new URI(text);
                boolean known = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                if (known && url.getHost() != null && url.getPort() > 0) {
                    urls.add(url);
                }
            } catch (URISyntaxException e) {
                LOG.debug("member {} advertises what is no URL: {}", member.getName(), text, e);
            }
        }
        return urls;
    }

    private List<Answer> ask(List<URI> all) throws InterruptedException {
        List<Future<Answer>> asked =
                all.stream().map(one -> asking.submit(() -> ask(one))).toList();
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> answer : asked) {
            try {
                answers.add(answer.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return answers;
    }

    private Answer ask(URI endpoint) throws InterruptedException {
        EtcdMember member = at(endpoint);
        try {
            StatusResponse status = member.maintenance(timeout).status(StatusRequest.getDefaultInstance());
            List<Member> members = status.getIsLearner() ? List.of() : members(member); // a learner does not tell
            return new Answer(endpoint, "", Optional.of(status), members, figures(endpoint));
        } catch (StatusRuntimeException e) {
            member.reconnect();
            String why = EtcdFailure.of(e.getStatus(), endpoint).sentence();
            return new Answer(endpoint, why, Optional.empty(), List.of(), Optional.empty());
        }
    }

    private List<Member> members(EtcdMember member) {
        return member.cluster(timeout)
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersList();
    }

    private Optional<MemberReading.Figures> figures(URI endpoint) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/metrics"))
                .timeout(timeout)
                .build();
        try {
            HttpResponse<String> page = http.send(
                    request,
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), MAX_METRICS_BYTES));
            return page.statusCode() == 200
                    ? Optional.of(MemberReading.Figures.of(MetricsPage.parse(page.body())))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // some serve their metrics elsewhere: what needs them is "unknown"
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
        known.values().forEach(EtcdMember::close);
        http.shutdownNow();
    }
}
