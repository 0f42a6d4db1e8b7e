package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.CacheManager;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.CacheSpec;
import io.r3mes.cache.spring.autoconfigure.R3mesCacheProperties.Warm;
import io.r3mes.cache.spring.interceptor.AnnotatedMethod;
import io.r3mes.cache.spring.interceptor.AnnotatedMethods;
import io.r3mes.cache.spring.interceptor.Interception;
import io.r3mes.cache.spring.interceptor.WarmTasks.Planned;
import io.r3mes.cache.spring.interceptor.WarmTasks.Schedule;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.convert.DurationStyle;

/**
 * Checks every annotated method when all beans exist, registers the warm tasks, and waits for Redis if it is required. What
 * cannot work fails the start; what can, but not as meant, is logged as a warning.
 */
final class CacheStartup implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(CacheStartup.class);

    /** The lowest position that a node has only from Redis. */
    private static final long FIRST_CONTACT = 1;

    private final CacheManager manager;
    private final Interception interception;
    private final AnnotatedMethods methods;
    private final R3mesCacheProperties properties;
    private volatile boolean complete;

    CacheStartup(
            CacheManager manager,
            Interception interception,
            AnnotatedMethods methods,
            R3mesCacheProperties properties) {
        this.manager = manager;
        this.interception = interception;
        this.methods = methods;
        this.properties = properties;
    }

    /** Whether the checks have passed. */
    boolean isComplete() {
        return complete;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (AnnotatedMethod method : methods.all()) {
            interception.check(method);
            String obstacle = method.obstacle();
            if (obstacle != null) {
                LOG.warn(
                        "The cache annotations of {} have no effect because {}. Calls cannot be intercepted; remove that"
                                + " modifier",
                        method.signature(),
                        obstacle);
            }
        }
        for (Planned warmer : interception.warmTasks(methods, schedules())) {
            warnIfColdBetweenRuns(warmer);
            manager.warmer().register(warmer.task());
        }
        if (properties.required()) {
            awaitRedis(properties.startupTimeout());
        }
        complete = true;
    }

    /** Waits until the node follows the log, which says that it has spoken to Redis. */
    private void awaitRedis(Duration timeout) {
        if (!manager.awaitApplied(FIRST_CONTACT, timeout)) {
            throw new CacheConfigurationException(
                    "Redis did not answer r3mes-cache within " + DurationStyle.SIMPLE.print(timeout, ChronoUnit.MILLIS)
                            + ", and r3mes.cache.required is true.",
                    "Start Redis, correct spring.data.redis.*, raise r3mes.cache.startup-timeout, or set"
                            + " r3mes.cache.required=false to start without Redis.");
        }
    }

    private static String seconds(Duration duration) {
        return DurationStyle.SIMPLE.print(duration, ChronoUnit.SECONDS);
    }

    private void warnIfColdBetweenRuns(Planned warmer) {
        Duration every = warmer.task().every();
        Duration ttl = manager.policy(warmer.cache()).expiry().ttl();
        if (every != null && every.compareTo(ttl) > 0) {
            LOG.warn(
                    "The warmer '{}' runs every {}, but entries of the cache '{}' live {}: they are cold in between."
                            + " Warm more often, or raise the TTL",
                    warmer.task().name(),
                    seconds(every),
                    warmer.cache(),
                    seconds(ttl));
        }
    }

    private Map<String, Schedule> schedules() {
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        properties.caches().forEach((name, spec) -> add(schedules, name, spec));
        return schedules;
    }

    private static void add(Map<String, Schedule> schedules, String name, CacheSpec spec) {
        Warm warm = spec.warm();
        if (warm == null || (warm.onStartup() == null && warm.every() == null)) {
            return;
        }
        if (warm.every() != null && (warm.every().isZero() || warm.every().isNegative())) {
            throw new CacheConfigurationException(
                    "r3mes.cache.caches." + name + ".warm.every is " + warm.every() + ".",
                    "Set it to a positive duration, such as 5m.");
        }
        schedules.put(name, new Schedule(warm.onStartup(), warm.every()));
    }
}
