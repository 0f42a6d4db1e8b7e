package io.r3mes.backend.embedded;

import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts the servers that nothing is configured for, before the application context, and stops them after its last bean
 * is destroyed.
 */
final class EmbeddedServersPostProcessor implements EnvironmentPostProcessor, Ordered {

    private static final List<String> REDIS_SETTINGS = List.of(
            "spring.data.redis.url",
            "spring.data.redis.host",
            "spring.data.redis.sentinel.master",
            "spring.data.redis.cluster.nodes");

    private final ConfigurableBootstrapContext bootstrap;

    EmbeddedServersPostProcessor(ConfigurableBootstrapContext bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** After the configuration files are read. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean postgres = !environment.containsProperty("spring.datasource.url");
        boolean redis = REDIS_SETTINGS.stream().noneMatch(environment::containsProperty)
                && !"in-memory".equals(environment.getProperty("r3mes.cache.mode"));
        if (!postgres && !redis) {
            return;
        }
        EmbeddedServers servers = EmbeddedServers.start(postgres, redis);
        environment.getPropertySources().addLast(new MapPropertySource("embeddedServers", servers.properties()));
        SpringApplication.getShutdownHandlers().add(servers::close);
        bootstrap.addCloseListener(event -> adopt(event.getApplicationContext(), servers));
    }

    /** Registered before any bean, the servers are destroyed after all of them. */
    private static void adopt(ConfigurableApplicationContext context, EmbeddedServers servers) {
        if (context instanceof GenericApplicationContext generic) {
            generic.getDefaultListableBeanFactory().registerDisposableBean("embeddedServers", servers::close);
        }
        context.addApplicationListener(new Announcement(servers));
    }
}
