package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Another JVM that answers lines with lines. It ends with this one, also when this one is killed: its input ends then. */
final class OtherJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream lines;

    OtherJvm(Class<?> main, String... arguments) throws IOException {
        this(command(main, arguments));
    }

    OtherJvm(ProcessBuilder command) throws IOException {
        process = ChildJvm.start(command.redirectError(ProcessBuilder.Redirect.INHERIT));
        answers = process.inputReader(StandardCharsets.UTF_8);
        lines = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static ProcessBuilder command(Class<?> main, String... arguments) {
        return ChildJvm.of(main, List.of("-Xmx512m"), arguments);
    }

    void send(String line) {
        lines.println(line);
    }

    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("The other JVM ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
