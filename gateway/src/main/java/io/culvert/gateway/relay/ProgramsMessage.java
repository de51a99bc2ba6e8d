package io.culvert.gateway.relay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.proto.v1.Program;
import io.culvert.proto.v1.ProgramsReply;
import io.culvert.proto.v1.ProgramsRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The question for an appliance's programs and its answer, to bytes and back; what came is checked before it is believed. */
final class ProgramsMessage {

    /** More programs are not told, and not taken. */
    static final int MAX_PROGRAMS = 256;

    private static final int MAX_REASON_CHARS = 512;
    private static final int MAX_OWNER_CHARS = 32;

    private ProgramsMessage() {}

    static Slice question(String appliance) {
        return Slice.of(
                ProgramsRequest.newBuilder().setAppliance(appliance).build().toByteArray());
    }

    /** The appliance that is asked for. */
    static String appliance(Slice question) throws InvalidProtocolBufferException {
        return ProgramsRequest.parser()
                .parseFrom(question.array(), question.offset(), question.length())
                .getAppliance();
    }

    static Slice refusal(String why) {
        return Slice.of(ProgramsReply.newBuilder().setRefused(cut(why)).build().toByteArray());
    }

    private static String cut(String why) {
        return why.substring(0, Math.min(why.length(), MAX_REASON_CHARS));
    }

    /** @param bindings those behind the first {@link #MAX_PROGRAMS} are left out */
    static Slice answer(List<Binding> bindings) {
        ProgramsReply.Builder reply = ProgramsReply.newBuilder();
        bindings.stream()
                .limit(MAX_PROGRAMS)
                .forEach(binding -> reply.addPrograms(Program.newBuilder()
                        .setProgram((int) binding.program())
                        .setVersion((int) binding.version())
                        .setProtocol(binding.netId().protocol())
                        .setPort(binding.port())
                        .setOwner(binding.owner())));
        return Slice.of(reply.build().toByteArray());
    }

    /** @throws IOException if the peer refused, or what came is no answer */
    static List<Binding> read(Slice answer) throws IOException {
        ProgramsReply reply = ProgramsReply.parser().parseFrom(answer.array(), answer.offset(), answer.length());
        if (!reply.getRefused().isEmpty()) {
            throw new IOException(cut(reply.getRefused()));
        }
        if (reply.getProgramsCount() > MAX_PROGRAMS) {
            throw new IOException("an answer with " + reply.getProgramsCount() + " programs, at most " + MAX_PROGRAMS);
        }
        List<Binding> bindings = new ArrayList<>();
        for (Program program : reply.getProgramsList()) {
            NetId by = NetId.ofProtocol(program.getProtocol())
                    .orElseThrow(() -> new IOException("a program by protocol " + program.getProtocol()));
            if (program.getPort() < 1 || program.getPort() > 65_535) {
                throw new IOException("a program at port " + Integer.toUnsignedString(program.getPort()));
            }
            if (program.getOwner().length() > MAX_OWNER_CHARS
                    || !program.getOwner().chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IOException("a program whose owner is no name");
            }
            bindings.add(new Binding(
                    Integer.toUnsignedLong(program.getProgram()),
                    Integer.toUnsignedLong(program.getVersion()),
                    by,
                    program.getPort(),
                    program.getOwner()));
        }
        return bindings;
    }
}
