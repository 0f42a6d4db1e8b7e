package io.r3mes.backend.block;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the chain needs from outside. */
@Configuration(proxyBeanMethods = false)
class ChainConfiguration {

    @Bean
    Clock chainClock() {
        return Clock.systemUTC();
    }
}
