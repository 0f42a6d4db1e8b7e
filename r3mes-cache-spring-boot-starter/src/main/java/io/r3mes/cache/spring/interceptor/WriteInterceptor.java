package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.WriteTicket;
import io.r3mes.cache.spring.interceptor.MethodPlan.Drop;
import io.r3mes.cache.spring.interceptor.MethodPlan.Put;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * The advice of {@code @R3mesCachePut} and {@code @R3mesCacheInvalidate}: the whole path of a write. It runs inside of the
 * method's own transaction, so that it sees whether that commits. Thread-safe.
 */
final class WriteInterceptor implements MethodInterceptor {

    private final Plans plans;
    private final Transactions transactions;
    private final Changes changes;
    private final Executor executor;

    WriteInterceptor(Plans plans, Transactions transactions, Changes changes, Executor executor) {
        this.plans = plans;
        this.transactions = transactions;
        this.changes = changes;
        this.executor = executor;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        MethodPlan plan = plans.of(invocation.getMethod(), target == null ? null : target.getClass());
        Write write = new Write(plan, Call.of(plan.signature(), target, invocation.getArguments()));
        changes.make(drops(write, write.call(), true));
        Put put = plan.put();
        WriteTicket<Object> ticket = put == null
                ? null
                : put.entry().cache().writeTicket(put.entry().key().id(write.call()));
        boolean handedOver = false;
        try {
            Object returned = invocation.proceed();
            if (plan.shape().async() && returned instanceof CompletionStage<?> stage) {
                Object chained = afterStage(stage, write, ticket);
                handedOver = true;
                return chained;
            }
            List<Change> made = changes(write, ticket, plan.shape().unwrap(returned));
            handedOver = true;
            apply(made);
            return returned;
        } finally {
            if (ticket != null && !handedOver) {
                ticket.close();
            }
        }
    }

    private void apply(List<Change> made) {
        if (made.isEmpty()) {
            return;
        }
        if (transactions.isActive()) {
            made.forEach(transactions::afterCommit);
        } else {
            changes.make(made);
        }
    }

    /** What the call changes, given its result. Evaluates everything before the first change is made. */
    private static List<Change> changes(Write write, @Nullable WriteTicket<Object> ticket, @Nullable Object value) {
        Call call = write.call().with(Call.RESULT, value);
        List<Change> made = new ArrayList<>(drops(write, call, false));
        Put put = write.plan().put();
        if (put == null || ticket == null) {
            return made;
        }
        if (put.condition() == null || put.condition().holds(call)) {
            made.add(new Change.Store(
                    put.entry(), put.entry().entry(call), ticket, put.value().from(call)));
        } else {
            ticket.close();
        }
        return made;
    }

    private static List<Change> drops(Write write, Call call, boolean before) {
        List<Change> made = new ArrayList<>();
        for (Drop drop : write.plan().drops()) {
            if (drop.before() == before && drop.applies(call)) {
                made.add(new Change.Drop(drop.what().targets(call), drop.async()));
            }
        }
        return made;
    }

    /**
     * Makes the changes when the stage has completed and the transaction, if any, has committed. What is returned
     * completes after the changes; where there is a transaction, it does not wait for them, since they wait for its end.
     */
    private CompletableFuture<?> afterStage(
            CompletionStage<?> stage, Write write, @Nullable WriteTicket<Object> ticket) {
        if (!transactions.isActive()) {
            return settle(stage, write, ticket).toCompletableFuture();
        }
        transactions.afterCommit(new Change.Later(() -> settle(stage, write, ticket), () -> {
            if (ticket != null) {
                ticket.close();
            }
        }));
        return stage.toCompletableFuture();
    }

    private CompletionStage<?> settle(CompletionStage<?> stage, Write write, @Nullable WriteTicket<Object> ticket) {
        return stage.handleAsync(
                        (returned, failure) -> {
                            if (failure != null) {
                                if (ticket != null) {
                                    ticket.close();
                                }
                                return CompletableFuture.failedFuture(failure);
                            }
                            changes.make(
                                    changes(write, ticket, write.plan().shape().unwrap(returned)));
                            return CompletableFuture.completedFuture(returned);
                        },
                        executor)
                .thenCompose(settled -> settled);
    }

    /** One call of a method that writes. */
    private record Write(MethodPlan plan, Call call) {}
}
