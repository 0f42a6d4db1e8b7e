package io.r3mes.cache.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the fault tests measured: printed, and in the long form also kept as a table. Thread-safe. */
final class Figures {

    private static final Path TABLE = Path.of("target", "faults.md");
    private static final List<Figure> ALL = new ArrayList<>();

    private Figures() {}

    /**
     * @param row of the fault matrix
     * @param promised empty where nothing is promised
     */
    private record Figure(String row, String what, String promised, String measured) {}

    static void record(String row, String what, String promised, Object measured) {
        String text = measured instanceof Duration duration ? millis(duration) : String.valueOf(measured);
        System.out.println(String.format(Locale.ROOT, "fault: %-4s %-74s %-12s %s", row, what, promised, text));
        if (Form.current() == Form.LONG) {
            write(new Figure(row, what, promised, text));
        }
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    private static synchronized void write(Figure added) {
        ALL.add(added);
        String rows = ALL.stream()
                .sorted(Comparator.comparing(Figure::row))
                .map(each ->
                        "| " + each.row + " | " + each.what + " | " + each.promised + " | " + each.measured + " |\n")
                .collect(Collectors.joining());
        try {
            Files.createDirectories(TABLE.getParent());
            Files.writeString(TABLE, "| row | figure | promised | measured |\n| --- | --- | --- | --- |\n" + rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("fault: figures are in " + TABLE.toAbsolutePath());
    }
}
