package io.r3mes.cache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Sends signals to processes of the test. */
public final class Signals {

    private Signals() {}

    /** Sends a signal by its short name, such as {@code STOP}. */
    public static void send(Process process, String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("The process does not take signals");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
