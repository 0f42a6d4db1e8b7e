package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheManager;
import io.r3mes.cache.spring.interceptor.WarmTasks.Schedule;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * The advice of one application. It asks for the cache manager at the first call or check, so that it can be created
 * before all other beans. Thread-safe.
 */
public final class Interception implements AutoCloseable {

    private static final String SPRING_TX = "org.springframework.transaction.support.TransactionSynchronization";

    private final ConfigurableListableBeanFactory beans;
    private final Plans plans;
    private final Expressions expressions;
    private final Transactions transactions;
    private final Changes changes;
    private final ReadInterceptor reads;
    private final WriteInterceptor writes;
    private final WriteThreads threads = new WriteThreads();

    public Interception(
            ConfigurableListableBeanFactory beans, Supplier<CacheManager> manager, Supplier<AnnotatedMethods> methods) {
        this.beans = beans;
        this.expressions = new Expressions(beans);
        this.plans = new Plans(SingletonSupplier.of(
                () -> new PlanCompiler(manager.get(), new CacheTypes(methods.get()), expressions)));
        this.changes = new Changes(manager);
        this.transactions = ClassUtils.isPresent(SPRING_TX, beans.getBeanClassLoader())
                ? new SpringTransactions(changes)
                : Transactions.NONE;
        this.reads = new ReadInterceptor(plans, transactions);
        this.writes = new WriteInterceptor(plans, transactions, changes, threads);
    }

    /** Outside of the method's own transaction. */
    public Advisor readAdvisor() {
        CachePointcut pointcut = new CachePointcut("read", annotations -> annotations.cacheable() != null);
        return advisor(new DefaultPointcutAdvisor(pointcut, reads), Ordered.LOWEST_PRECEDENCE - 100);
    }

    /** Inside of the method's own transaction: among equals, the advisor registered last is the innermost. */
    public Advisor writeAdvisor() {
        CachePointcut pointcut = new CachePointcut("write", MethodAnnotations::writes);
        return advisor(new DefaultPointcutAdvisor(pointcut, writes), Ordered.LOWEST_PRECEDENCE);
    }

    ReadInterceptor reads() {
        return reads;
    }

    /**
     * Compiles what a method's annotations say.
     *
     * @throws io.r3mes.cache.CacheConfigurationException if they cannot work
     */
    public void check(AnnotatedMethod method) {
        plans.of(method.signature().method(), method.signature().type());
    }

    /**
     * The warm tasks of all methods.
     *
     * @param configured the schedules by cache that the configuration adds to those of the annotations
     * @throws io.r3mes.cache.CacheConfigurationException if one of them cannot work
     */
    public List<WarmTasks.Planned> warmTasks(AnnotatedMethods methods, Map<String, Schedule> configured) {
        return new WarmTasks(beans, expressions, reads).of(methods, configured);
    }

    /** Hands an application event to the warmers, after the commit where a transaction is active. */
    public void publish(Object event) {
        Change change = new Change.Publish(event);
        if (transactions.isActive()) {
            transactions.afterCommit(change);
        } else {
            changes.make(List.of(change));
        }
    }

    /** Waits, but not for long, for what asynchronous writes have under way. */
    @Override
    public void close() {
        threads.close();
    }

    private static Advisor advisor(DefaultPointcutAdvisor advisor, int order) {
        advisor.setOrder(order);
        return advisor;
    }
}
