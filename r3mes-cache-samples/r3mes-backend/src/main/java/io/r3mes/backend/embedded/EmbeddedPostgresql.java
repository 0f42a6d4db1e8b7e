package io.r3mes.backend.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** A PostgreSQL server on a free loopback port, with data that does not outlive it. */
final class EmbeddedPostgresql implements AutoCloseable {

    private final EmbeddedPostgres server;

    private EmbeddedPostgresql(EmbeddedPostgres server) {
        this.server = server;
    }

    static EmbeddedPostgresql start() {
        try {
            return new EmbeddedPostgresql(EmbeddedPostgres.builder()
                    .setRegisterShutdownHook(false)
                    .setOverrideWorkingDirectory(binaries())
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("full_page_writes", "off")
                    .setPGStartupWait(Duration.ofSeconds(30))
                    .start());
        } catch (IOException | RuntimeException failed) {
            throw new IllegalStateException(
                    "The embedded PostgreSQL does not start on this machine. Set SPRING_DATASOURCE_URL to a database of"
                            + " your own. As root it needs user namespaces; an ordinary user does not. Supported are"
                            + " Linux and macOS on amd64 and arm64.",
                    failed);
        }
    }

    /** Where the server is unpacked: each user of the machine has an own place, since only its owner may write to it. */
    private static File binaries() {
        return new File(System.getProperty("java.io.tmpdir"), "r3mes-postgres-" + System.getProperty("user.name"));
    }

    /** The JDBC URL, user included. */
    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
