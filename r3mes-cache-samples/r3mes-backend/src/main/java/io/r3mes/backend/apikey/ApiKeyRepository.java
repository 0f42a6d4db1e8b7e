package io.r3mes.backend.apikey;

import io.r3mes.backend.web.ReadTrace;
import io.r3mes.backend.web.Sha256;
import io.r3mes.cache.spring.R3mesCacheable;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** API keys in the database, known by their SHA-256; validation is cached under the same hash. */
@Repository
public class ApiKeyRepository {

    private final JdbcClient jdbc;
    private final ReadTrace trace;

    ApiKeyRepository(JdbcClient jdbc, ReadTrace trace) {
        this.jdbc = jdbc;
        this.trace = trace;
    }

    /** Whom the key stands for; empty if it is unknown or revoked. */
    @R3mesCacheable("api-key")
    public Optional<ApiKey> validate(String apiKey) {
        trace.missed();
        return jdbc.sql("select wallet, name, created_at from api_keys where hash = :hash and revoked_at is null")
                .param("hash", Sha256.hex(apiKey))
                .query((row, number) -> new ApiKey(
                        row.getString("wallet"),
                        row.getString("name"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant()))
                .optional();
    }

    void insert(String apiKey, NewApiKey key) {
        jdbc.sql("insert into api_keys (hash, wallet, name, created_at) values (:hash, :wallet, :name, now())")
                .param("hash", Sha256.hex(apiKey))
                .param("wallet", key.wallet())
                .param("name", key.name())
                .update();
    }

    /** False if no valid key has that text. */
    boolean revoke(String apiKey) {
        return jdbc.sql("update api_keys set revoked_at = now() where hash = :hash and revoked_at is null")
                        .param("hash", Sha256.hex(apiKey))
                        .update()
                == 1;
    }
}
