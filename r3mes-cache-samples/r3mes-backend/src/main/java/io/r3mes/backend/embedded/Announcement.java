package io.r3mes.backend.embedded;

import java.io.File;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.system.ApplicationHome;
import org.springframework.context.ApplicationListener;

/** Says, once the application answers, where its servers are and how a second instance shares them. */
final class Announcement implements ApplicationListener<ApplicationReadyEvent> {

    private static final Logger log = LoggerFactory.getLogger(Announcement.class);

    private final EmbeddedServers servers;

    Announcement(EmbeddedServers servers) {
        this.servers = servers;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port", "8080");
        log.info("{}", text(port, servers.properties(), jar(event)));
    }

    private static String text(String port, Map<String, Object> properties, String jar) {
        String variables = properties.entrySet().stream()
                .map(entry -> variable(entry.getKey()) + "='" + entry.getValue() + "'")
                .collect(Collectors.joining(" \\\n  "));
        return """
                The R3MES backend answers.

                  API         http://127.0.0.1:%s/api/users/wallet123
                  PostgreSQL  %s
                  Redis       %s

                A second instance that shares both:

                  %s \\
                  java -jar %s --server.port=%d
                """.formatted(
                        port,
                        properties.getOrDefault("spring.datasource.url", "as configured"),
                        properties.getOrDefault("spring.data.redis.url", "as configured"),
                        variables,
                        jar,
                        Integer.parseInt(port) + 1);
    }

    private static String variable(String property) {
        return property.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    private static String jar(ApplicationReadyEvent event) {
        @Nullable File source = new ApplicationHome(event.getSpringApplication().getMainApplicationClass()).getSource();
        return source != null && source.isFile() ? source.getPath() : "target/r3mes-backend.jar";
    }
}
