package io.r3mes.cache.engine;

import io.r3mes.cache.spi.Lease;
import java.time.Duration;

/** Renews the lease of a load that runs, every third of its duration, until it is stopped or has run too long. */
final class LeaseKeeper {

    private final Node node;
    private final Lease lease;
    private final long until;
    private final Duration period;
    private Runnable cancel = () -> {};
    private boolean stopped;

    private LeaseKeeper(Node node, Lease lease, Duration longest) {
        this.node = node;
        this.lease = lease;
        this.until = node.now() + longest.toNanos();
        this.period = Duration.ofNanos(lease.duration().toNanos() / 3);
    }

    static LeaseKeeper start(Node node, Lease lease, Duration longest) {
        LeaseKeeper keeper = new LeaseKeeper(node, lease, longest);
        keeper.schedule();
        return keeper;
    }

    synchronized void stop() {
        stopped = true;
        cancel.run();
    }

    private synchronized void schedule() {
        if (!stopped && node.now() - until < 0) {
            cancel = node.environment().timer().after(period, this::renew);
        }
    }

    private void renew() {
        node.remote().renew(lease).whenComplete((held, failure) -> {
            if (failure != null) {
                node.observer().unavailable("renew", Failures.cause(failure));
            }
            if (failure != null || held) {
                schedule();
            }
        });
    }
}
