package io.r3mes.cache.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The rows of a run as a Markdown table and as JSON. */
final class Report {

    private final Map<String, String> run;
    private final List<Row> rows = new ArrayList<>();

    /**
     * @param run what the run was made with, by name
     */
    Report(Map<String, String> run) {
        this.run = new LinkedHashMap<>(run);
    }

    void add(Row row) {
        rows.add(row);
        System.out.println(line(row));
    }

    /** Writes {@code results.md} and {@code results.json}, replacing those of an earlier run. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("results.md"), markdown());
        Map<String, Object> content = new LinkedHashMap<>(run);
        content.put("rows", rows.stream().map(Report::json).toList());
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(folder.resolve("results.json"), json.writeValueAsString(content));
    }

    private String markdown() {
        String head = run.entrySet().stream()
                .map(fact -> fact.getKey() + ": " + fact.getValue())
                .collect(Collectors.joining("; "));
        return head + "\n\n| path | unit | floor | r3mes-cache | ratio | target | met | beside |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
                + rows.stream().map(Report::line).collect(Collectors.joining("\n")) + "\n";
    }

    private static String line(Row row) {
        boolean bound = !(row.target() instanceof Target.None);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %s |",
                row.path(),
                row.unit(),
                row.floor() == null ? "" : text(row.floor()),
                Row.number(row.ours().value()),
                Double.isFinite(row.ratio()) ? String.format(Locale.ROOT, "%.2f", row.ratio()) : "",
                row.target().text(),
                bound ? row.target().isMetBy(row) ? "yes" : "no" : "",
                row.beside().stream().map(Report::text).collect(Collectors.joining(", ")));
    }

    private static String text(Figure figure) {
        return figure.name() + " " + Row.number(figure.value());
    }

    private static Map<String, Object> json(Row row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", row.path());
        fields.put("unit", row.unit());
        fields.put("floor", row.floor());
        fields.put("ours", row.ours());
        fields.put("ratio", Double.isFinite(row.ratio()) ? row.ratio() : null);
        fields.put("target", row.target().text());
        fields.put("met", row.target().isMetBy(row));
        fields.put("beside", row.beside());
        return fields;
    }
}
