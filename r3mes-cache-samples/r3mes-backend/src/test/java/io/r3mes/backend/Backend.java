package io.r3mes.backend;

import io.r3mes.cache.CacheInvalidator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One running instance of the application, asked over HTTP. */
final class Backend implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI root;

    private Backend(ConfigurableApplicationContext context) {
        this.context = context;
        this.root = URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** Starts on a free port, without blocks of its own. */
    static Backend start(Map<String, Object> properties, String... more) {
        return startProducing("0s", properties, more);
    }

    /** Starts on a free port and appends a block at each interval. */
    static Backend startProducing(String blockInterval, Map<String, Object> properties, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0", "--spring.main.banner-mode=off", "--r3mes.backend.block-interval=" + blockInterval));
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        arguments.addAll(List.of(more));
        return new Backend(SpringApplication.run(R3mesBackend.class, arguments.toArray(String[]::new)));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    String setting(String name) {
        return context.getEnvironment().getProperty(name);
    }

    CacheInvalidator invalidator() {
        return bean(CacheInvalidator.class);
    }

    Answer get(String path) {
        return send(HttpRequest.newBuilder(root.resolve(path)).GET());
    }

    Answer getWithKey(String path, String apiKey) {
        return send(HttpRequest.newBuilder(root.resolve(path))
                .header("X-API-Key", apiKey)
                .GET());
    }

    Answer deleteWithKey(String path, String apiKey) {
        return send(HttpRequest.newBuilder(root.resolve(path))
                .header("X-API-Key", apiKey)
                .DELETE());
    }

    Answer post(String path) {
        return send(HttpRequest.newBuilder(root.resolve(path)).POST(BodyPublishers.noBody()));
    }

    Answer post(String path, String json) {
        return send(HttpRequest.newBuilder(root.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    Answer put(String path, String json) {
        return send(HttpRequest.newBuilder(root.resolve(path))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json)));
    }

    @Override
    public void close() {
        context.close();
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(http.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** What an instance answered. */
    record Answer(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        /** HIT, MISS, or empty. */
        String cache() {
            return response.headers().firstValue("X-Cache").orElse("");
        }

        JsonNode json() {
            return JSON.readTree(response.body());
        }

        @Override
        public String toString() {
            return status() + " " + cache() + " " + response.body();
        }
    }
}
