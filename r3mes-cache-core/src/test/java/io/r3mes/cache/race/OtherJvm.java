package io.r3mes.cache.race;

import io.r3mes.cache.Loader;
import io.r3mes.cache.race.Wire.Answer;
import io.r3mes.cache.race.Wire.Request;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A second JVM that runs nodes, with the class path of this one. Loads of its nodes are asked of this JVM, where the
 * versions are. It ends with this JVM.
 */
final class OtherJvm implements AutoCloseable {

    private static final int START_MILLIS = 60_000;

    private final Process process;
    private final Wire life;
    private final int port;
    private final Deque<Wire> idle = new ConcurrentLinkedDeque<>();

    OtherJvm() throws IOException {
        try (ServerSocket meeting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            meeting.setSoTimeout(START_MILLIS);
            String here = Integer.toString(meeting.getLocalPort());
            process = ChildJvm.start(
                    ChildJvm.of(OtherJvmMain.class, List.of("-Xmx512m"), here).redirectErrorStream(true));
            Thread says = new Thread(this::repeatWhatItSays, "other-jvm");
            says.setDaemon(true);
            says.start();
            life = new Wire(meeting.accept());
            port = life.in.readInt();
        }
    }

    /** Starts a node of a namespace. */
    RaceNode open(Ground ground, String namespace) {
        RedisSettings settings = ground.settings();
        long number = ask(wire -> {
            wire.write(Request.OPEN);
            wire.out.writeUTF(namespace);
            wire.out.writeUTF(ground.onFailover().name());
            wire.out.writeBoolean(ground.isCalm());
            wire.out.writeUTF(settings.topology().name());
            wire.out.writeLong(settings.commandTimeout().toMillis());
            wire.write(
                    settings.uris().stream().map(uri -> uri.toURI().toString()).toList());
        });
        return new RemoteNode(this, number);
    }

    long ask(Question question) {
        return ask(question, (id, context) -> {
            throw new IllegalStateException("This call loads nothing");
        });
    }

    /** Asks the other JVM, runs the loader when it asks back, and returns the answer. */
    long ask(Question question, Loader<String, Long, RuntimeException> loader) {
        try {
            Wire wire = idle.pollFirst();
            if (wire == null) {
                wire = Wire.to(port);
            }
            question.write(wire);
            wire.out.flush();
            Answer said = wire.answer();
            while (said == Answer.LOAD) {
                wire.out.writeLong(loader.load(wire.in.readUTF(), new NoDecisions()));
                wire.out.flush();
                said = wire.answer();
            }
            if (said == Answer.FAILED) {
                throw new IllegalStateException("The other JVM failed: " + wire.in.readUTF());
            }
            long answer = wire.in.readLong();
            idle.addFirst(wire);
            return answer;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Sends what is asked for. */
    @FunctionalInterface
    interface Question {
        void write(Wire wire) throws IOException;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            life.close();
            for (Wire wire : idle) {
                wire.close();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void repeatWhatItSays() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(line -> System.out.println("other JVM: " + line));
        } catch (IOException | UncheckedIOException ended) {
            System.out.println("other JVM: ended");
        }
    }
}
