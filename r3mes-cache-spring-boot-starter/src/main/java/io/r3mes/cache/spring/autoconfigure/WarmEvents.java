package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.spring.interceptor.Interception;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/** Hands application events to the warmers, once the start-up checks have passed. */
final class WarmEvents implements ApplicationListener<ApplicationEvent> {

    private final CacheStartup startup;
    private final Interception interception;

    WarmEvents(CacheStartup startup, Interception interception) {
        this.startup = startup;
        this.interception = interception;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (startup.isComplete()) {
            interception.publish(event instanceof PayloadApplicationEvent<?> payload ? payload.getPayload() : event);
        }
    }
}
