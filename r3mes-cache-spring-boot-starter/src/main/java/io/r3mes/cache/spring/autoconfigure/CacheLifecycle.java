package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheManager;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the warmers with the context, after the Redis connection and before traffic, and holds readiness back
 * until the start-up tasks have ended. Stopping and starting may repeat.
 */
final class CacheLifecycle implements SmartLifecycle, ApplicationRunner {

    /** After the connection factory, which has 0, and before schedulers and the web server. */
    static final int PHASE = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(CacheLifecycle.class);
    private static final int WARM_SECONDS = 10;

    private final CacheManager manager;
    private final String storage;
    private volatile CompletableFuture<Void> warmed = CompletableFuture.completedFuture(null);
    private volatile boolean running;

    /**
     * @param storage what the INFO line says of where entries are kept
     */
    CacheLifecycle(CacheManager manager, String storage) {
        this.manager = manager;
        this.storage = storage;
    }

    @Override
    public void start() {
        LOG.info(
                "r3mes-cache: {}, {}, {}",
                count(manager.cacheNames().size(), "cache"),
                storage,
                count(manager.warmer().status().size(), "warmer"));
        warmed = manager.warmer().start();
        running = true;
    }

    @Override
    public void stop() {
        manager.warmer().stop();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** Runs before the application becomes ready. */
    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        try {
            warmed.get(WARM_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            LOG.warn("The start-up warmers did not end within {} s; they go on in the background", WARM_SECONDS);
        } catch (ExecutionException failed) {
            LOG.warn("The start-up warmers failed", failed.getCause());
        }
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
