package io.r3mes.backend.block;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** Appends a block when the newest one is an interval old, whichever instance of the application appended that. */
@Component
class BlockProducer implements SchedulingConfigurer {

    private final ChainService chain;
    private final BlockRepository blocks;
    private final Clock clock;
    private final Duration interval;

    BlockProducer(ChainService chain, BlockRepository blocks, Clock clock, ChainProperties properties) {
        this.chain = chain;
        this.blocks = blocks;
        this.clock = clock;
        this.interval = properties.blockInterval();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar registrar) {
        if (!interval.isZero()) {
            registrar.addFixedDelayTask(new FixedDelayTask(this::produce, interval, interval));
        }
    }

    private void produce() {
        Instant now = clock.instant();
        boolean fresh = blocks.newest()
                .map(block -> block.minedAt().isAfter(now.minus(interval))
                        && !block.minedAt().isAfter(now))
                .orElse(false);
        if (!fresh) {
            chain.append();
        }
    }
}
