package io.r3mes.backend.block;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the block producer.
 *
 * @param blockInterval how often a block is appended; zero appends none
 */
@ConfigurationProperties("r3mes.backend")
record ChainProperties(@DefaultValue("5s") Duration blockInterval) {}
