package io.r3mes.cache.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Event loops of a busy machine: a thread that hands a command over to one is held up until the answer may be there, and
 * whatever else it hands over waits for its turn. The thread that made the loops goes on at once.
 */
final class SlowHandOver implements EventLoopGroupProvider {

    private static final int THREADS = 2;
    private static final long HELD_UP = Duration.ofMillis(50).toNanos();
    private static final long ITS_TURN = Duration.ofMillis(5).toNanos();

    private final Thread test = Thread.currentThread();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory()) {
        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... arguments) {
            return new Loop(this, executor, handlers);
        }
    };

    @Override
    @SuppressWarnings("unchecked") // There is but one group.
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) loops;
    }

    @Override
    public int threadPoolSize() {
        return THREADS;
    }

    /** Keeps the loops for the next client. */
    @Override
    public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
        loops.shutdownGracefully(quietPeriod, timeout, unit);
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    private final class Loop extends SingleThreadIoEventLoop {

        Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
            super(group, executor, handlers);
        }

        @Override
        public void execute(Runnable task) {
            boolean write = task.getClass().getSimpleName().equals("WriteTask");
            if (inEventLoop() || Thread.currentThread() == test) {
                super.execute(task);
            } else if (write) {
                super.execute(task);
                LockSupport.parkNanos(HELD_UP);
            } else {
                super.execute(() -> {
                    LockSupport.parkNanos(ITS_TURN);
                    task.run();
                });
            }
        }
    }
}
