package io.r3mes.cache.benchmarks.system;

import io.r3mes.cache.benchmarks.fixture.Profile;
import io.r3mes.cache.benchmarks.fixture.ProfileService;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells how many milliseconds an application takes to become ready, in a JVM of its own. */
final class StartUp {

    private StartUp() {}

    /**
     * Arguments: the URI of Redis; {@code backend} for an application with web and transactions, {@code bare} for one
     * with neither. Whether the application has the cache depends on the class path, and is told too.
     */
    public static void main(String[] arguments) {
        long from = System.nanoTime();
        boolean backend = arguments[1].equals("backend");
        ApplicationContext context = new SpringApplicationBuilder(backend ? Backend.class : Bare.class)
                .web(backend ? WebApplicationType.SERVLET : WebApplicationType.NONE)
                .properties(
                        "server.port=0",
                        "spring.data.redis.url=" + arguments[0],
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "r3mes.cache.caches.profiles.key=profile:{wallet}",
                        "r3mes.cache.caches.sessions.key=session:{wallet}:{session}")
                .run();
        System.out.println((System.nanoTime() - from) / 1e6);
        System.out.println(context.containsBean("r3mesCacheManager"));
        System.exit(0);
    }

    /** An application with cached methods and little else. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Bare {

        @Bean
        ProfileService profiles() {
            return new ProfileService();
        }
    }

    /** An application with a controller and transactions as well. */
    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @Import({Bare.class, Controller.class})
    static class Backend {

        @Bean
        PlatformTransactionManager transactions() {
            return new PseudoTransactions();
        }
    }

    /** What answers requests. */
    @RestController
    static class Controller {

        private final ProfileService profiles;

        Controller(ProfileService profiles) {
            this.profiles = profiles;
        }

        @GetMapping("/profiles/{wallet}")
        @Transactional
        public Profile profile(@PathVariable("wallet") String wallet) {
            return profiles.profile(wallet);
        }
    }

    /** Transactions of no database. */
    private static final class PseudoTransactions extends AbstractPlatformTransactionManager {

        @Override
        protected Object doGetTransaction() {
            return this;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {}

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }
}
