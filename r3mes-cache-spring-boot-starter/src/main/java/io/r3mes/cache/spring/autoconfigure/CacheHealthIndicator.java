package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.CoherenceStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * UP while the cache is coherent, and DEGRADED, which leaves the application up, while Redis is away: reads are then served
 * by the loaders.
 */
final class CacheHealthIndicator implements HealthIndicator {

    static final String DEGRADED = "DEGRADED";

    private final CacheManager manager;

    CacheHealthIndicator(CacheManager manager) {
        this.manager = manager;
    }

    @Override
    public Health health() {
        CoherenceStatus status = manager.status();
        return Health.status(status(status))
                .withDetail("connected", status.connected())
                .withDetail("fenced", status.fenced())
                .withDetail("position", status.position())
                .withDetail("pendingInvalidations", status.pending())
                .withDetail("openCircuits", status.openCircuits())
                .build();
    }

    private static Status status(CoherenceStatus status) {
        if (!status.connected()) {
            return new Status(DEGRADED, "Redis does not answer; reads call the loaders");
        }
        return status.fenced() ? new Status(DEGRADED, "The near cache is not trusted at the moment") : Status.UP;
    }
}
