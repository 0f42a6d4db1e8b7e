package io.r3mes.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.r3mes.cache.Cache;
import io.r3mes.cache.CachePolicy;
import io.r3mes.cache.CachePolicy.Load;
import io.r3mes.cache.LoadTimeouts;
import io.r3mes.cache.engine.EngineConfig.Coherence;
import io.r3mes.cache.engine.Lab.LabNode;
import io.r3mes.cache.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loaders that read what other loaders load, on a clock that stands still: who waits in a circle waits for ever. */
class CircularLoadsTest {

    private static final CachePolicy POLICY = CachePolicy.of("c", "c:{id}").withTtl(Duration.ofHours(1));

    private static final CachePolicy TIMED =
            POLICY.withLoad(Load.DEFAULT.withTimeouts(new LoadTimeouts(Duration.ZERO, Duration.ofSeconds(1))));

    private final Lab lab = new Lab();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        lab.close();
        executor.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "2, false, false",
        "3, false, false",
        "5, false, false",
        "2, true, false",
        "3, true, false",
        "5, true, false",
        "3, false, true",
        "3, true, true"
    })
    void loadersThatReadEachOthersKeysEnd(int threads, boolean redisIsAway, boolean timed) {
        LabNode node = timed ? lab.node(new Lab.Parts(Coherence.DEFAULT, null, executor), TIMED) : lab.node(POLICY);
        if (redisIsAway) {
            node.outage().begin(Outage.Fault.LOST);
        }
        CyclicBarrier allLoad = new CyclicBarrier(threads);
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int own = i;
            int next = (i + 1) % threads;
            reads.add(Work.start(() -> cache(node).<Exception>get(own, (id, context) -> {
                allLoad.await();
                return 10 + cache(node).<RuntimeException>get(next, (other, nested) -> 1);
            })));
        }
        for (CompletableFuture<Integer> read : reads) {
            assertThat(Await.result(read)).isGreaterThanOrEqualTo(11);
        }
    }

    @Test
    void loaderDoesNotWaitForALoadThatWaitsForItsPermit() {
        LabNode node = lab.node(POLICY.withLoad(Load.DEFAULT.withLimit(1, false)));
        CompletableFuture<Void> loading = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        CompletableFuture<Integer> holder = Work.start(() -> cache(node).<RuntimeException>get(1, (id, context) -> {
            loading.complete(null);
            go.join();
            return 10 + cache(node).<RuntimeException>get(2, (other, nested) -> 1);
        }));
        Await.result(loading);
        CompletableFuture<Integer> queued = Work.start(() -> cache(node).<RuntimeException>get(2, (id, context) -> 2));
        while (Collections.frequency(node.outage().sent(), "acquire") < 2) {
            Thread.onSpinWait();
        }
        go.complete(null);
        assertThat(Await.result(holder)).isIn(11, 12);
        assertThat(Await.result(queued)).isEqualTo(2);
    }

    @Test
    void aLoadThatALoaderWaitsForNeedsNoPermit() {
        LoadingThreads threads = new LoadingThreads();
        LoaderThread leader = new LoaderThread(Thread.currentThread());
        assertThat(threads.mayQueue()).isTrue();
        threads.queued();
        CompletableFuture<Boolean> waits = Work.start(() -> {
            threads.enter();
            return threads.mayAwait(leader);
        });
        assertThat(Await.result(waits)).isTrue();
        assertThat(threads.mayQueue()).isFalse();
    }

    @Test
    void aThreadOutsideLoadersMayWaitForAnybody() {
        LoadingThreads threads = new LoadingThreads();
        assertThat(threads.mayQueue()).isTrue();
        LoaderThread queueing = new LoaderThread(Thread.currentThread());
        assertThat(Await.result(Work.start(() -> threads.mayAwait(queueing)))).isTrue();
        assertThat(Await.result(Work.start(() -> {
                    threads.enter();
                    boolean inside = threads.mayAwait(queueing);
                    threads.leave();
                    return inside || threads.isInside();
                })))
                .isFalse();
    }

    private static Cache<Integer, Integer> cache(LabNode node) {
        return node.engine().cache("c", Integer.class);
    }
}
