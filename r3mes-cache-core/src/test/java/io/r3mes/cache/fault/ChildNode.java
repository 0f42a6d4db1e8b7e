package io.r3mes.cache.fault;

import io.r3mes.cache.testing.ChildJvm;
import io.r3mes.cache.testing.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The handle of a node that runs in a process of its own, which can be stopped, resumed and killed. */
final class ChildNode implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream orders;

    private ChildNode(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Starts the process and waits until it takes orders. */
    static ChildNode start(String uri, Path database) {
        List<String> options = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");
        try {
            ChildNode child =
                    new ChildNode(ChildJvm.start(ChildJvm.of(ChildNodeMain.class, options, uri, database.toString())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)));
            child.expect("ready");
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins to read one entry without pause. */
    void read() {
        orders.println("read");
    }

    /** Hits of its near cache by reads that started since then. */
    long hits(long since) {
        orders.println("hits " + since);
        return Long.parseLong(answer());
    }

    /** Reads that started since then and returned something older. */
    long older(long since, long version) {
        orders.println("older " + since + " " + version);
        return Long.parseLong(answer());
    }

    void awaitHits(long since) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> hits(since) > 0);
    }

    /** Begins a load that keeps what it has read in hand; returns when it has read. */
    void load(String id) {
        orders.println("load " + id);
        expect("loading");
    }

    /** Lets the load return what it has read, and waits until its caller has it. */
    void release(long version) {
        orders.println("release");
        expect("returned " + version);
    }

    void stop() {
        Signals.send(process, "STOP");
    }

    void resume() {
        Signals.send(process, "CONT");
    }

    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The child does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void expect(String expected) {
        String said = answer();
        if (!said.equals(expected)) {
            throw new IllegalStateException("The child says '" + said + "' instead of '" + expected + "'");
        }
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("The child has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
