package io.culvert.gateway;

import io.culvert.gateway.admin.EtcdBackup;
import io.culvert.gateway.admin.EtcdCompaction;
import io.culvert.gateway.admin.EtcdDefragmentation;
import io.culvert.gateway.admin.EtcdDefragmented;
import io.culvert.gateway.admin.EtcdReplaceRequest;
import io.culvert.gateway.admin.EtcdReplacement;
import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.EtcdView;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.Feed;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.checkpoint.doctor.Check;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor;
import io.culvert.gateway.checkpoint.doctor.InitialCluster;
import io.culvert.gateway.checkpoint.doctor.RefusedUpkeepException;
import io.culvert.gateway.checkpoint.doctor.Report;
import io.culvert.gateway.checkpoint.doctor.UnknownMemberException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Answers what concerns the site's etcd. */
final class EtcdAnswers {

    /** How long who asked for a backup waits for its copies. */
    private static final Duration COPYING = Duration.ofSeconds(15);

    private final GatewayOperations.Parts parts;

    EtcdAnswers(GatewayOperations.Parts parts) {
        this.parts = parts;
    }

    private EtcdDoctor doctor() throws OperationException {
        Optional<EtcdDoctor> doctor = parts.doctor();
        return doctor.orElseThrow(() -> new OperationException(
                FailureCategory.REFUSED,
                "this site has no etcd: its checkpoints are kept in "
                        + parts.config().get().stateDir().resolve("checkpoints")
                        + "; \"checkpoints: {etcd: ...}\" in the site file names one"));
    }

    EtcdView view() throws OperationException {
        try {
            return view(doctor().examine());
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    private static EtcdView view(Report report) {
        return new EtcdView(
                verdict(report.verdict()),
                report.clusterId(),
                report.leader(),
                report.revision(),
                report.members().stream().map(EtcdAnswers::view).toList(),
                report.checks().stream().map(EtcdAnswers::view).toList(),
                report.at());
    }

    private static EtcdView.Member view(Report.Member member) {
        EtcdView.Role role = switch (member.role()) {
            case LEADER -> EtcdView.Role.LEADER;
            case FOLLOWER -> EtcdView.Role.FOLLOWER;
            case LEARNER -> EtcdView.Role.LEARNER;
            case UNKNOWN -> EtcdView.Role.UNKNOWN;
        };
        return new EtcdView.Member(
                member.id(),
                member.name(),
                member.endpoint(),
                role,
                member.version(),
                member.databaseBytes(),
                member.inUseBytes(),
                member.raftTerm(),
                member.raftIndex(),
                member.appliedIndex(),
                member.trouble());
    }

    private static EtcdView.Check view(Check check) {
        return new EtcdView.Check(check.name(), verdict(check.verdict()), check.value(), check.limit(), check.advice());
    }

    private static EtcdView.Verdict verdict(Check.Verdict verdict) {
        return switch (verdict) {
            case OK -> EtcdView.Verdict.OK;
            case UNKNOWN -> EtcdView.Verdict.UNKNOWN;
            case WARNING -> EtcdView.Verdict.WARNING;
            case CRITICAL -> EtcdView.Verdict.CRITICAL;
        };
    }

    EtcdCompaction compact() throws OperationException {
        try {
            return new EtcdCompaction(doctor().compact());
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    EtcdDefragmentation defragment(Feed<EtcdDefragmented> progress) throws OperationException {
        AtomicInteger members = new AtomicInteger();
        AtomicLong freed = new AtomicLong();
        try {
            doctor().defragment((name, before, after, took) -> {
                members.incrementAndGet();
                freed.addAndGet(before - after);
                progress.accept(new EtcdDefragmented(name, before, after, took.toNanos() / 1e9));
            });
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
        return new EtcdDefragmentation(members.get(), freed.get());
    }

    EtcdReplacement replace(EtcdReplaceRequest request, Feed<EtcdStep> progress) throws OperationException {
        EtcdDoctor doctor = doctor();
        EtcdDoctor.Wish wish = new EtcdDoctor.Wish(request.member(), peerUrl(request), request.force());
        try {
            EtcdDoctor.Replaced done =
                    doctor.replace(wish, step -> progress.accept(new EtcdStep(step.sentence(), step.commands())));
            return new EtcdReplacement(
                    done.id(), done.name(), done.peerUrl(), done.endpoint(), done.voters(), done.advice());
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    private static URI peerUrl(EtcdReplaceRequest request) throws OperationException {
        try {
            return InitialCluster.peerUrl(request.peerUrl().toString());
        } catch (IllegalArgumentException e) {
            throw Failures.usage(String.valueOf(e.getMessage()));
        }
    }

    EtcdBackup backUp() throws OperationException {
        try {
            EtcdDoctor.Backup made = doctor().backup();
            return new EtcdBackup(
                    made.file().toString(),
                    made.at(),
                    made.revision(),
                    made.databaseBytes(),
                    made.fileBytes(),
                    parts.copies().spread(parts.clock().instant(), COPYING));
        } catch (IOException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            throw Failures.interrupted();
        }
    }

    private static OperationException failed(IOException e) {
        FailureCategory category = switch (e) {
            case RefusedUpkeepException refused -> FailureCategory.REFUSED;
            case UnknownMemberException unknown -> FailureCategory.NOT_FOUND;
            case FileSystemException disk -> FailureCategory.FAILED;
            default -> FailureCategory.UNREACHABLE;
        };
        return new OperationException(category, String.valueOf(e.getMessage()), e);
    }
}
