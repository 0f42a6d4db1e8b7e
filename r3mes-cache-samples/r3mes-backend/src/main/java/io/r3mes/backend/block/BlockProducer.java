package io.r3mes.backend.block;

import java.time.Duration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** Appends a block every few seconds. Instances that share a database append in turn, each at its own interval. */
@Component
class BlockProducer implements SchedulingConfigurer {

    private final ChainService chain;
    private final Duration interval;

    BlockProducer(ChainService chain, ChainProperties properties) {
        this.chain = chain;
        this.interval = properties.blockInterval();
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar registrar) {
        if (!interval.isZero()) {
            registrar.addFixedDelayTask(new FixedDelayTask(chain::append, interval, interval));
        }
    }
}
