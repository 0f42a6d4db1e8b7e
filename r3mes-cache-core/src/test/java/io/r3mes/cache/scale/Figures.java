package io.r3mes.cache.scale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Prints what was measured and keeps it in a file of the build. A figure is never a reason to fail. */
final class Figures {

    private static final Path FOLDER = Path.of("target", "figures");

    private final Path file;

    Figures(String name) {
        this.file = FOLDER.resolve(name + ".txt");
        try {
            Files.createDirectories(FOLDER);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the long form is asked for. */
    static boolean isLong() {
        return "long".equals(System.getProperty("r3mes.faults"));
    }

    void note(String format, Object... values) {
        String line = format.formatted(values);
        System.out.println(line);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
