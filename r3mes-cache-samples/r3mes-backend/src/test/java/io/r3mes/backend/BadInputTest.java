package io.r3mes.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.backend.Backend.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that make no sense are answered with problem details and change nothing. */
@ExtendWith(Cluster.Extension.class)
class BadInputTest {

    private final Backend backend;

    BadInputTest(Cluster cluster) {
        backend = cluster.first();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/users/nobody",
                "/api/users/nobody/credits",
                "/api/miners/nobody/stats",
                "/api/miners/wallet1/earnings",
                "/api/miners/wallet1/hashrate",
                "/api/users/wallet%3A1",
                "/api/users/%F0%9F%90%99"
            })
    void unknownWalletsAreNotFound(String path) {
        assertProblem(backend.get(path), 404);
        assertProblem(backend.get(path), 404);
    }

    @Test
    void writesToUnknownWalletsAreNotFound() {
        assertProblem(backend.post("/api/users/nobody/credits/add?amount=1"), 404);
        assertProblem(backend.post("/api/users/nobody/credits/deduct?amount=1"), 404);
        assertProblem(backend.post("/api/users/nobody/touch"), 404);
        assertProblem(backend.post("/api/miners/nobody/register"), 404);
        assertProblem(backend.post("/api/miners/wallet1/hashrate?value=1"), 404);
        assertProblem(backend.post("/api/login/nobody"), 404);
        assertProblem(backend.post("/api/keys", """
                {"wallet": "nobody", "name": "Key"}
                """), 404);
        assertProblem(backend.post("/api/transactions", """
                {"sender": "wallet1", "recipient": "nobody", "amount": 1}
                """), 404);
    }

    @Test
    void malformedInputIsRefused() {
        assertProblem(backend.get("/api/users/" + "w".repeat(65)), 400);
        assertProblem(backend.post("/api/users/wallet1/credits/add?amount=0"), 400);
        assertProblem(backend.post("/api/users/wallet1/credits/add?amount=many"), 400);
        assertProblem(backend.post("/api/users/wallet1/credits/deduct"), 400);
        assertProblem(backend.post("/api/miners/wallet3/hashrate?value=-1"), 400);
        assertProblem(backend.put("/api/users/wallet1", """
                {"name": "", "email": "nowhere"}
                """), 400);
        assertProblem(backend.get("/api/keys/validate"), 400);
        assertProblem(backend.post("/api/transactions", """
                {"sender": "wallet1", "recipient": "wallet2", "amount": -1}
                """), 400);
    }

    @Test
    void registeringTwiceConflicts() {
        assertProblem(backend.post("/api/miners/wallet3/register"), 409);
    }

    private static void assertProblem(Answer answer, int status) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.response().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    }
}
