package io.r3mes.cache.spi;

import static io.r3mes.cache.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FetchedTest {

    private final CompletableFuture<byte[]> first = new CompletableFuture<>();
    private final CompletableFuture<byte[]> second = new CompletableFuture<>();
    private final CompletionStage<Fetched> gathered = Fetched.gather(List.of(first, second));

    @Test
    void gathersValuesInOrder() {
        second.complete(null);
        assertThat(gathered.toCompletableFuture()).isNotDone();
        first.complete(new byte[] {1});
        assertThat(result(gathered).values()).containsExactly(new byte[] {1}, null);
        assertThat(result(gathered).failures()).isEmpty();
    }

    @Test
    void keepsTheOthersWhenOneFails() {
        Throwable cause = new IOException();
        first.completeExceptionally(new CompletionException(cause));
        assertThat(gathered.toCompletableFuture()).isNotDone();
        second.complete(new byte[] {2});
        assertThat(result(gathered).values()).containsExactly(null, new byte[] {2});
        assertThat(result(gathered).failures()).isEqualTo(Map.of(0, cause));
    }

    @Test
    void failsForEachWhenAllFail() {
        first.cancel(false);
        second.completeExceptionally(new IOException());
        assertThat(result(gathered).values()).containsExactly(null, null);
        assertThat(result(gathered).failures()).containsOnlyKeys(0, 1);
    }
}
