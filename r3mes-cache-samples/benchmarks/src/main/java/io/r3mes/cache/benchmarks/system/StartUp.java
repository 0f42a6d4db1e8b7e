package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.fixture.ProfileService;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells how many milliseconds a small application takes to become ready, in a JVM of its own. */
final class StartUp {

    private StartUp() {}

    /** Argument: the URI of Redis. Whether the application has the cache depends on the class path. */
    public static void main(String[] arguments) {
        long from = System.nanoTime();
        SpringApplicationBuilder application = new SpringApplicationBuilder(Beans.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.data.redis.url=" + arguments[0],
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "r3mes.cache.caches.profiles.key=profile:{wallet}",
                        "r3mes.cache.caches.sessions.key=session:{wallet}:{session}");
        application.run();
        System.out.println((System.nanoTime() - from) / 1e6);
        System.exit(0);
    }

    /** The application. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Beans {

        @Bean
        ProfileService profiles() {
            return new ProfileService();
        }
    }
}
