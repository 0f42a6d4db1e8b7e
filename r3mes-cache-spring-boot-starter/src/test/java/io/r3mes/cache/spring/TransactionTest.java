package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r3mes.cache.CacheManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What transactions do to the caches, with a real database. */
class TransactionTest {

    private static void run(Consumer<Fixture> test) {
        Contexts.withUserInfo()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        JdbcClientAutoConfiguration.class))
                .withBean(Users.class)
                .withPropertyValues("spring.datasource.generate-unique-name=true")
                .run(context -> {
                    JdbcClient jdbc = context.getBean(JdbcClient.class);
                    jdbc.sql("create table users(wallet varchar primary key, name varchar)")
                            .update();
                    jdbc.sql("insert into users values ('w1', 'old'), ('w2', 'old')")
                            .update();
                    test.accept(new Fixture(
                            context.getBean(Users.class),
                            context.getBean(CacheManager.class),
                            context.getBean(PlatformTransactionManager.class),
                            context));
                });
    }

    @Test
    void invalidatesAfterTheCommit() {
        run(fixture -> {
            assertThat(fixture.users().name("w1")).isEqualTo("old");
            fixture.transaction(() -> {
                fixture.users().rename("w1", "new");
                assertThat(fixture.cached("w1")).isEqualTo("old");
            });
            assertThat(fixture.cached("w1")).isNull();
            assertThat(fixture.users().name("w1")).isEqualTo("new");
        });
    }

    @Test
    void invalidatesNothingOnRollback() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.rolledBack(() -> fixture.users().rename("w1", "new"));
            assertThat(fixture.cached("w1")).isEqualTo("old");
        });
    }

    @Test
    void seesTheOutcomeOfTheMethodsOwnTransaction() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().renameAndRollBackSilently("w1", "new");
            assertThat(fixture.cached("w1")).isEqualTo("old");
            fixture.users().putAndRollBackSilently("w1", "new");
            assertThat(fixture.cached("w1")).isEqualTo("old");
            fixture.users().renameInOwnTransaction("w1", "new");
            assertThat(fixture.cached("w1")).isNull();
        });
    }

    @Test
    void servesNoCachedValueThatTheTransactionInvalidates() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().name("w2");
            fixture.transaction(() -> {
                fixture.users().rename("w1", "new");
                assertThat(fixture.users().name("w1")).isEqualTo("new");
                assertThat(fixture.cached("w1")).isEqualTo("old");
                fixture.change("w2", "changed");
                assertThat(fixture.users().name("w2")).isEqualTo("old");
                fixture.users().dropTag("w2");
                assertThat(fixture.users().name("w2")).isEqualTo("changed");
            });
        });
    }

    @Test
    void servesNoCachedValueCoveredByAPatternACacheOrEverything() {
        for (Consumer<Users> drop :
                List.<Consumer<Users>>of(users -> users.dropPattern("w1"), Users::dropCache, Users::dropEverything)) {
            run(fixture -> {
                fixture.users().name("w1");
                fixture.transaction(() -> {
                    fixture.change("w1", "new");
                    assertThat(fixture.users().name("w1")).isEqualTo("old");
                    drop.accept(fixture.users());
                    assertThat(fixture.users().name("w1")).isEqualTo("new");
                });
            });
        }
    }

    @Test
    void cachesNothingReadInAReadWriteTransaction() {
        run(fixture -> {
            fixture.rolledBack(() -> {
                fixture.change("w1", "uncommitted");
                assertThat(fixture.users().name("w1")).isEqualTo("uncommitted");
                assertThat(fixture.users().nameLater("w1").join()).isEqualTo("uncommitted");
            });
            assertThat(fixture.cached("w1")).isNull();
            assertThat(fixture.users().name("w1")).isEqualTo("old");
        });
    }

    @Test
    void cachesWhatACacheableMethodReadsInItsOwnTransaction() {
        run(fixture -> {
            assertThat(fixture.users().nameInOwnTransaction("w1")).isEqualTo("old");
            assertThat(fixture.cached("w1")).isEqualTo("old");
        });
    }

    @Test
    void cachesWhatAReadOnlyTransactionReads() {
        run(fixture -> {
            fixture.transaction(
                    template -> template.setReadOnly(true),
                    () -> fixture.users().name("w1"));
            assertThat(fixture.cached("w1")).isEqualTo("old");
        });
    }

    @Test
    void cachesNothingReadInASnapshot() {
        run(fixture -> {
            fixture.transaction(
                    template -> {
                        template.setReadOnly(true);
                        template.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
                    },
                    () -> assertThat(fixture.users().name("w1")).isEqualTo("old"));
            assertThat(fixture.cached("w1")).isNull();
        });
    }

    @Test
    void anInnerTransactionInvalidatesAtItsOwnCommit() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().name("w2");
            fixture.rolledBack(() -> {
                fixture.users().dropTag("w2");
                fixture.transaction(requiresNew(), () -> fixture.users().rename("w1", "new"));
                assertThat(fixture.cached("w1")).isNull();
            });
            assertThat(fixture.cached("w2")).isEqualTo("old");
        });
    }

    @Test
    void anInnerTransactionThatRollsBackInvalidatesNothing() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().name("w2");
            fixture.transaction(() -> {
                fixture.users().dropTag("w2");
                fixture.rolledBack(requiresNew(), () -> fixture.users().rename("w1", "new"));
                assertThat(fixture.cached("w1")).isEqualTo("old");
            });
            assertThat(fixture.cached("w1")).isEqualTo("old");
            assertThat(fixture.cached("w2")).isNull();
        });
    }

    @Test
    void aNestedTransactionThatRollsBackInvalidatesAndStoresNothing() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().name("w2");
            fixture.transaction(() -> {
                fixture.rolledBack(nested(), () -> fixture.users().put("w1", "new"));
                fixture.users().dropTag("w2");
                fixture.rolledBack(nested(), () -> fixture.users().rename("w1", "new"));
                assertThat(fixture.users().name("w1")).isEqualTo("old");
            });
            assertThat(fixture.cached("w1")).isEqualTo("old");
            assertThat(fixture.cached("w2")).isNull();
        });
    }

    @Test
    void aNestedTransactionInvalidatesAtTheOuterCommit() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.transaction(() -> {
                fixture.transaction(nested(), () -> fixture.users().rename("w1", "new"));
                assertThat(fixture.cached("w1")).isEqualTo("old");
            });
            assertThat(fixture.cached("w1")).isNull();
        });
    }

    @Test
    void storesAfterTheCommitOnly() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.rolledBack(() -> {
                fixture.users().put("w1", "new");
                assertThat(fixture.users().name("w1")).isEqualTo("new");
            });
            assertThat(fixture.cached("w1")).isEqualTo("old");
            fixture.transaction(() -> {
                fixture.users().put("w1", "new");
                assertThat(fixture.cached("w1")).isEqualTo("old");
            });
            assertThat(fixture.cached("w1")).isEqualTo("new");
        });
    }

    @Test
    void invalidatesWhenTheOutcomeOfTheCommitIsUnknown() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.users().name("w2");
            TransactionTemplate broken = new TransactionTemplate(new BrokenCommit());
            assertThatThrownBy(() -> broken.executeWithoutResult(status -> {
                        fixture.users().dropTag("w1");
                        fixture.users().put("w2", "new");
                    }))
                    .isInstanceOf(TransactionSystemException.class);
            assertThat(fixture.cached("w1")).isNull();
            assertThat(fixture.cached("w2")).isNull();
        });
    }

    @Test
    void otherCallbacksOfTheCommitSeeTheInvalidation() {
        run(fixture -> {
            fixture.users().name("w1");
            List<String> seen = new ArrayList<>();
            fixture.transaction(() -> {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        seen.add(fixture.users().name("w1"));
                        fixture.users().dropTag("w2");
                        seen.add(String.valueOf(fixture.cached("w2")));
                    }
                });
                fixture.users().name("w2");
                fixture.users().rename("w1", "new");
            });
            assertThat(seen).containsExactly("new", "null");
        });
    }

    @Test
    void anAsynchronousMethodInvalidatesAfterTheCommit() {
        run(fixture -> {
            fixture.users().name("w1");
            fixture.rolledBack(() -> fixture.users().renameLater("w1", "new").join());
            assertThat(fixture.cached("w1")).isEqualTo("old");
            fixture.transaction(() -> {
                fixture.users().renameLater("w1", "new").join();
                assertThat(fixture.cached("w1")).isEqualTo("old");
                assertThat(fixture.users().name("w1")).isEqualTo("new");
            });
            Awaitility.await().until(() -> fixture.cached("w1") == null);
        });
    }

    @Test
    void warmsAfterTheCommitAndItsInvalidations() {
        run(fixture -> {
            ApplicationEventPublisher events = fixture.events();
            fixture.users().name("w1");
            fixture.rolledBack(() -> events.publishEvent(new Renamed("w1")));
            fixture.transaction(() -> {
                events.publishEvent(new Renamed("w1"));
                fixture.users().rename("w1", "new");
            });
            Awaitility.await().until(() -> "new".equals(fixture.cached("w1")));
            assertThat(fixture.manager().warmer().status()).singleElement().satisfies(status -> {
                assertThat(status.runs()).isEqualTo(1);
                assertThat(status.failures()).isZero();
            });
        });
    }

    private static Consumer<TransactionTemplate> requiresNew() {
        return template -> template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    private static Consumer<TransactionTemplate> nested() {
        return template -> template.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    record Renamed(String wallet) {}

    record Fixture(
            Users users,
            CacheManager manager,
            PlatformTransactionManager transactions,
            ApplicationEventPublisher events) {

        void transaction(Runnable work) {
            transaction(template -> {}, work);
        }

        void transaction(Consumer<TransactionTemplate> settings, Runnable work) {
            TransactionTemplate template = new TransactionTemplate(transactions);
            settings.accept(template);
            template.executeWithoutResult(status -> work.run());
        }

        void rolledBack(Runnable work) {
            rolledBack(template -> {}, work);
        }

        void rolledBack(Consumer<TransactionTemplate> settings, Runnable work) {
            TransactionTemplate template = new TransactionTemplate(transactions);
            settings.accept(template);
            template.executeWithoutResult(status -> {
                work.run();
                status.setRollbackOnly();
            });
        }

        String cached(String wallet) {
            return manager.get("user:info:" + wallet, String.class).orElse(null);
        }

        void change(String wallet, String name) {
            users.update(wallet, name);
        }
    }

    static class Users {

        private final JdbcClient jdbc;

        Users(JdbcClient jdbc) {
            this.jdbc = jdbc;
        }

        public void update(String wallet, String name) {
            jdbc.sql("update users set name = ? where wallet = ?")
                    .params(name, wallet)
                    .update();
        }

        private String select(String wallet) {
            return jdbc.sql("select name from users where wallet = ?")
                    .param(wallet)
                    .query(String.class)
                    .single();
        }

        @R3mesCacheable("user-info")
        @R3mesCacheWarm(on = Renamed.class, args = "#event.wallet")
        public String name(String wallet) {
            return select(wallet);
        }

        @R3mesCacheable("user-info")
        public CompletableFuture<String> nameLater(String wallet) {
            return CompletableFuture.completedFuture(select(wallet));
        }

        @R3mesCacheable("user-info")
        @Transactional
        public String nameInOwnTransaction(String wallet) {
            return select(wallet);
        }

        @R3mesCacheInvalidate(cache = "user-info")
        public void rename(String wallet, String name) {
            update(wallet, name);
        }

        @R3mesCacheInvalidate(cache = "user-info")
        public CompletableFuture<Void> renameLater(String wallet, String name) {
            update(wallet, name);
            return CompletableFuture.completedFuture(null);
        }

        @Transactional
        @R3mesCacheInvalidate(cache = "user-info")
        public void renameInOwnTransaction(String wallet, String name) {
            update(wallet, name);
        }

        @Transactional
        @R3mesCacheInvalidate(cache = "user-info")
        public void renameAndRollBackSilently(String wallet, String name) {
            update(wallet, name);
            TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
        }

        @Transactional
        @R3mesCachePut(cache = "user-info")
        public String putAndRollBackSilently(String wallet, String name) {
            update(wallet, name);
            TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
            return name;
        }

        @R3mesCachePut(cache = "user-info")
        public String put(String wallet, String name) {
            update(wallet, name);
            return name;
        }

        @R3mesCacheInvalidate(tags = "user:{wallet}")
        public void dropTag(String wallet) {}

        @R3mesCacheInvalidate(patterns = "*:{wallet}")
        public void dropPattern(String wallet) {}

        @R3mesCacheInvalidate(cache = "user-info", allEntries = true)
        public void dropCache() {}

        @R3mesCacheInvalidate(everything = true)
        public void dropEverything() {}
    }

    /** Loses the connection at the moment of the commit. */
    private static final class BrokenCommit extends AbstractPlatformTransactionManager {

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            throw new TransactionSystemException("The connection is lost");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }
}
