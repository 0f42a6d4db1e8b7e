package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import io.r3mes.backend.apikey.ApiKeyService;
import io.r3mes.backend.apikey.NewApiKey;
import io.r3mes.backend.web.Sha256;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The row {@code api:key:{api_key_hash}} of the table of caches. */
@ExtendWith(Cluster.Extension.class)
class ApiKeyCacheTest {

    private final Backend backend;
    private final Entries entries;

    ApiKeyCacheTest(Cluster cluster) {
        backend = cluster.first();
        entries = cluster.entries();
    }

    @Test
    void validationIsCachedForOneHourUnderTheHashOfTheKey() {
        Answer miss = validate("r3mes-demo-key-1");
        Answer hit = validate("r3mes-demo-key-1");

        assertThat(miss.cache()).isEqualTo("MISS");
        assertThat(hit.cache()).isEqualTo("HIT");
        assertThat(hit.json().get("wallet").asString()).isEqualTo("wallet1");
        entries.assertLives("api:key:" + Sha256.hex("r3mes-demo-key-1"), Duration.ofHours(1));
    }

    @Test
    void redisHoldsTheValidationEncrypted() {
        validate("r3mes-demo-key-2");

        assertThat(entries.bytes("api:key:" + Sha256.hex("r3mes-demo-key-2")))
                .isNotEmpty()
                .doesNotContain("wallet2", "Demo key", "r3mes-demo-key-2");
    }

    @Test
    void creatingAKeyInvalidatesThatItWasUnknown() {
        String apiKey = "r3mes-chosen-key";
        assertThat(validate(apiKey).status()).isEqualTo(401);
        assertThat(validate(apiKey).cache()).isEqualTo("HIT");

        backend.bean(ApiKeyService.class).createApiKey(apiKey, new NewApiKey("wallet40", "Chosen"));

        assertThat(entries.exists("api:key:" + Sha256.hex(apiKey))).isFalse();
        assertThat(validate(apiKey).status()).isEqualTo(200);
    }

    @Test
    void revokingAKeyInvalidatesItsValidation() {
        Answer created = backend.post("/api/keys", """
                {"wallet": "wallet41", "name": "Laptop"}
                """);
        assertThat(created.status()).isEqualTo(201);
        String apiKey = created.json().get("apiKey").asString();
        assertThat(validate(apiKey).json().get("wallet").asString()).isEqualTo("wallet41");
        assertThat(validate(apiKey).cache()).isEqualTo("HIT");

        assertThat(backend.deleteWithKey("/api/keys", apiKey).status()).isEqualTo(204);

        assertThat(entries.exists("api:key:" + Sha256.hex(apiKey))).isFalse();
        assertThat(validate(apiKey).status()).isEqualTo(401);
        assertThat(backend.deleteWithKey("/api/keys", apiKey).status()).isEqualTo(404);
    }

    private Answer validate(String apiKey) {
        return backend.getWithKey("/api/keys/validate", apiKey);
    }
}
