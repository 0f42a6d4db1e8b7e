package io.r3mes.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.core.Ordered;

/** Near-cache hits that are answered at the entrance of a proxy pass by no advice that comes before the cache. */
class NearEntranceTest {

    private final AtomicInteger seen = new AtomicInteger();
    private final MethodInterceptor counting = invocation -> {
        seen.incrementAndGet();
        return invocation.proceed();
    };

    @Test
    void adviceBeforeTheCacheSeesEveryCall() {
        run(advisor(Ordered.HIGHEST_PRECEDENCE, "read"), users -> {
            read(users, 3);
            assertThat(seen).hasValue(3);
        });
    }

    @Test
    void adviceBeforeTheCacheMayRefuseAHit() {
        AtomicInteger allowed = new AtomicInteger(1);
        MethodInterceptor guard = invocation -> {
            if (allowed.getAndDecrement() <= 0) {
                throw new SecurityException("not allowed");
            }
            return invocation.proceed();
        };
        run(advisor(Ordered.HIGHEST_PRECEDENCE, "read", guard), users -> {
            assertThat(users.read("w1")).isEqualTo(1);
            assertThatThrownBy(() -> users.read("w1")).isInstanceOf(SecurityException.class);
        });
    }

    @Test
    void adviceBehindTheCacheSeesLoadsOnly() {
        run(advisor(Ordered.LOWEST_PRECEDENCE, "read"), users -> {
            read(users, 3);
            assertThat(seen).hasValue(1);
        });
    }

    @Test
    void adviceOnAnotherMethodDoesNotMatter() {
        run(advisor(Ordered.HIGHEST_PRECEDENCE, "other"), users -> {
            read(users, 3);
            assertThat(seen).hasValue(0);
        });
    }

    @Test
    void adviceThatIsAddedLaterSeesEveryCallFromThenOn() {
        run(advisor(Ordered.LOWEST_PRECEDENCE, "none"), users -> {
            read(users, 3);
            ((Advised) users).addAdvice(0, counting);
            read(users, 3);
            assertThat(seen).hasValue(3);
            ((Advised) users).removeAdvice(counting);
            read(users, 3);
            assertThat(seen).hasValue(3);
        });
    }

    @Test
    void keysOfSeveralArgumentsAreOfTheirValues() {
        run(advisor(Ordered.LOWEST_PRECEDENCE, "none"), users -> {
            assertThat(users.pair("a", 1_000)).isEqualTo(1);
            assertThat(users.pair("a", 1_001)).isEqualTo(2);
            assertThat(users.pair("b", 1_000)).isEqualTo(3);
            assertThat(users.pair("a", 1_000)).isEqualTo(1);
            assertThat(users.triple(1, 2, 3)).isEqualTo(4);
            assertThat(users.triple(3, 2, 1)).isEqualTo(5);
            assertThat(users.triple(1, 2, 3)).isEqualTo(4);
            assertThat(users.single()).isEqualTo(6);
            assertThat(users.single()).isEqualTo(6);
        });
    }

    private static void read(Users users, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(users.read("w1")).isEqualTo(1);
        }
    }

    private Advisor advisor(int order, String method) {
        return advisor(order, method, counting);
    }

    private static Advisor advisor(int order, String method, MethodInterceptor advice) {
        NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
        pointcut.setMappedName(method);
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(pointcut, advice);
        advisor.setOrder(order);
        return advisor;
    }

    private static void run(Advisor advisor, Consumer<Users> test) {
        Contexts.withUserInfo()
                .withPropertyValues(
                        "r3mes.cache.caches.pairs.key=pair:{a}:{b}",
                        "r3mes.cache.caches.triples.key=triple:{c}:{b}:{a}",
                        "r3mes.cache.caches.singles.key=single")
                .withBean(Users.class)
                .withBean("advisor", Advisor.class, () -> advisor)
                .run(context -> test.accept(context.getBean(Users.class)));
    }

    public static class Users {

        private final AtomicInteger calls = new AtomicInteger();

        @R3mesCacheable("user-info")
        public int read(String wallet) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable("pairs")
        public int pair(String a, long b) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable("triples")
        public int triple(int a, int b, int c) {
            return calls.incrementAndGet();
        }

        @R3mesCacheable("singles")
        public int single() {
            return calls.incrementAndGet();
        }

        public int other() {
            return calls.get();
        }
    }
}
