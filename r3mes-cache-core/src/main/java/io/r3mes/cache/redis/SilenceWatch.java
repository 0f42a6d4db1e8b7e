package io.r3mes.cache.redis;

import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection on which commands were sent and not a byte came back for three times the command time-out, so that
 * Lettuce opens a new one. A half-open connection would otherwise stay until the operating system gives it up, which takes
 * minutes to hours.
 */
final class SilenceWatch implements NettyCustomizer {

    private static final Logger log = LoggerFactory.getLogger(SilenceWatch.class);
    private static final int TIMEOUTS = 3;
    private static final int TICKS_PER_TIMEOUT = 2;

    private final NettyCustomizer application;
    private final TimeoutSource timeouts;
    private final long tickNanos;

    /**
     * @param application customizes first
     * @param timeouts the time, in nanoseconds, that each command has
     * @param commandTimeout the time that most of them have
     */
    SilenceWatch(NettyCustomizer application, TimeoutSource timeouts, Duration commandTimeout) {
        this.application = application;
        this.timeouts = timeouts;
        this.tickNanos = Math.max(1, commandTimeout.toNanos() / TICKS_PER_TIMEOUT);
    }

    @Override
    public void afterBootstrapInitialized(Bootstrap bootstrap) {
        application.afterBootstrapInitialized(bootstrap);
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
        application.afterChannelInitialized(channel);
        Watched watched = new Watched(channel);
        channel.pipeline().addFirst(watched.reads()).addLast(watched.writes());
    }

    private long ticksFor(Object message) {
        if (message instanceof Collection<?> batch) {
            return batch.stream().mapToLong(this::ticksFor).max().orElse(0);
        }
        if (message instanceof RedisCommand<?, ?, ?> command) {
            return timeouts.getTimeout(command) / tickNanos + (TIMEOUTS - 1) * TICKS_PER_TIMEOUT;
        }
        return 0;
    }

    /** The state of one connection; confined to its event loop. Time is counted in ticks, so a pause is not silence. */
    private final class Watched {

        private final Channel channel;
        private boolean owed;
        private boolean ticking;
        private long allowedTicks;
        private long silentTicks;

        Watched(Channel channel) {
            this.channel = channel;
        }

        private void sent(Object message) {
            allowedTicks = Math.max(allowedTicks, ticksFor(message));
            owed = true;
            if (!ticking) {
                ticking = true;
                tickLater();
            }
        }

        private void heard() {
            owed = false;
            allowedTicks = 0;
            silentTicks = 0;
        }

        private void tickLater() {
            channel.eventLoop().schedule(this::tick, tickNanos, TimeUnit.NANOSECONDS);
        }

        private void tick() {
            if (!owed || !channel.isOpen()) {
                ticking = false;
                return;
            }
            silentTicks++;
            if (silentTicks >= allowedTicks) {
                ticking = false;
                log.debug("Closing {}, which does not answer", channel);
                channel.close();
            } else {
                tickLater();
            }
        }

        ChannelInboundHandlerAdapter reads() {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    heard();
                    context.fireChannelRead(message);
                }
            };
        }

        ChannelOutboundHandlerAdapter writes() {
            return new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                    sent(message);
                    context.write(message, promise);
                }
            };
        }
    }
}
