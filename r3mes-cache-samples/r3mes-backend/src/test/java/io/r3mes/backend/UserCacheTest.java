package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import io.r3mes.backend.user.UserService;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.transaction.support.TransactionTemplate;

/** The rows {@code user:info:{wallet}} and {@code user:credits:{wallet}} of the table of caches. */
@ExtendWith(Cluster.Extension.class)
class UserCacheTest {

    private final Backend backend;
    private final Entries entries;

    UserCacheTest(Cluster cluster) {
        backend = cluster.first();
        entries = cluster.entries();
    }

    @Test
    void infoIsCachedUnderItsReadableKeyForFiveMinutes() {
        backend.invalidator().invalidateKey("user:info:wallet123");

        Answer miss = backend.get("/api/users/wallet123");
        Answer hit = backend.get("/api/users/wallet123");

        assertThat(miss.cache()).isEqualTo("MISS");
        assertThat(hit.cache()).isEqualTo("HIT");
        assertThat(hit.json()).isEqualTo(miss.json());
        assertThat(hit.json().get("name").asString()).isEqualTo("User 123");
        entries.assertLives("user:info:wallet123", Duration.ofSeconds(300));
    }

    @Test
    void creditsAreCachedForFiveMinutes() {
        assertThat(backend.get("/api/users/wallet10/credits").cache()).isEqualTo("MISS");
        assertThat(backend.get("/api/users/wallet10/credits").cache()).isEqualTo("HIT");
        entries.assertLives("user:credits:wallet10", Duration.ofSeconds(300));
    }

    @Test
    void modifyingAUserInvalidatesTheInfoBeforeTheCallReturns() {
        backend.get("/api/users/wallet11");
        entries.assertLives("user:info:wallet11", Duration.ofSeconds(300));

        Answer written = backend.put("/api/users/wallet11", """
                {"name": "Eleven", "email": "eleven@r3mes.example"}
                """);

        assertThat(written.status()).isEqualTo(200);
        assertThat(entries.exists("user:info:wallet11")).isFalse();
        Answer read = backend.get("/api/users/wallet11");
        assertThat(read.cache()).isEqualTo("MISS");
        assertThat(read.json().get("name").asString()).isEqualTo("Eleven");
    }

    @Test
    void changingTheEmailStoresTheNewInfo() {
        backend.get("/api/users/wallet12");

        Answer written = backend.put("/api/users/wallet12/email?email=twelve@r3mes.example", "");

        assertThat(written.status()).isEqualTo(200);
        entries.assertLives("user:info:wallet12", Duration.ofSeconds(300));
        Answer read = backend.get("/api/users/wallet12");
        assertThat(read.cache()).isEqualTo("HIT");
        assertThat(read.json().get("email").asString()).isEqualTo("twelve@r3mes.example");
    }

    @Test
    void addingCreditsInvalidatesTheCredits() {
        long before = credits("wallet13");

        backend.post("/api/users/wallet13/credits/add?amount=7");

        assertThat(entries.exists("user:credits:wallet13")).isFalse();
        assertThat(backend.get("/api/users/wallet13/credits").cache()).isEqualTo("MISS");
        assertThat(credits("wallet13")).isEqualTo(before + 7);
    }

    @Test
    void deductingCreditsInvalidatesTheCredits() {
        long before = credits("wallet14");

        backend.post("/api/users/wallet14/credits/deduct?amount=7");

        assertThat(entries.exists("user:credits:wallet14")).isFalse();
        assertThat(backend.get("/api/users/wallet14/credits").cache()).isEqualTo("MISS");
        assertThat(credits("wallet14")).isEqualTo(before - 7);
    }

    @Test
    void deductingMoreThanThereIsConflictsAndInvalidatesNothing() {
        long before = credits("wallet15");

        Answer refused = backend.post("/api/users/wallet15/credits/deduct?amount=1000000");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString()).contains("wallet15", "1000000");
        Answer read = backend.get("/api/users/wallet15/credits");
        assertThat(read.cache()).isEqualTo("HIT");
        assertThat(read.json().get("credits").asLong()).isEqualTo(before);
    }

    @Test
    void rollbackInvalidatesNothing() {
        long before = credits("wallet16");
        UserService users = backend.bean(UserService.class);

        backend.bean(TransactionTemplate.class).executeWithoutResult(transaction -> {
            users.addCredits("wallet16", 5);
            users.changeEmail("wallet16", "rolled.back@r3mes.example");
            transaction.setRollbackOnly();
        });

        Answer read = backend.get("/api/users/wallet16/credits");
        assertThat(read.cache()).isEqualTo("HIT");
        assertThat(read.json().get("credits").asLong()).isEqualTo(before);
        assertThat(entries.exists("user:info:wallet16")).isFalse();
        assertThat(backend.get("/api/users/wallet16").json().get("email").asString())
                .isEqualTo("user16@r3mes.example");
    }

    @Test
    void invalidationWaitsForTheCommit() {
        credits("wallet17");
        UserService users = backend.bean(UserService.class);

        backend.bean(TransactionTemplate.class).executeWithoutResult(transaction -> {
            users.addCredits("wallet17", 5);
            assertThat(entries.exists("user:credits:wallet17")).isTrue();
        });

        assertThat(entries.exists("user:credits:wallet17")).isFalse();
    }

    @Test
    void loginWarmsInfoAndCredits() {
        assertThat(backend.post("/api/login/wallet19").status()).isEqualTo(204);

        entries.awaitPresent("user:info:wallet19");
        entries.awaitPresent("user:credits:wallet19");
        assertThat(backend.get("/api/users/wallet19/credits").cache()).isEqualTo("HIT");
        Answer info = backend.get("/api/users/wallet19");
        assertThat(info.cache()).isEqualTo("HIT");
        assertThat(info.json().get("lastSeen").isNull()).isFalse();
        assertThat(entries.exists("miner:stats:wallet19")).isFalse();
    }

    @Test
    void writeBehindInvalidatesAfterTheAnswer() {
        backend.get("/api/users/wallet20");
        entries.assertLives("user:info:wallet20", Duration.ofSeconds(300));

        assertThat(backend.post("/api/users/wallet20/touch").status()).isEqualTo(202);

        entries.awaitAbsent("user:info:wallet20");
        assertThat(backend.get("/api/users/wallet20").json().get("lastSeen").isNull())
                .isFalse();
    }

    private long credits(String wallet) {
        return backend.get("/api/users/" + wallet + "/credits")
                .json()
                .get("credits")
                .asLong();
    }
}
