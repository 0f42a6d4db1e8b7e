package io.r3mes.cache.redis;

import io.lettuce.core.protocol.RedisHandshakeHandler;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a new connection take commands before whoever waits for it is told that it is there. Lettuce hands the credentials
 * of most providers to the handshake on a thread of the common pool; when the server's answer overtakes that thread, it
 * tells those who wait at once but leaves activating the connection to the event loop, and their commands are refused as if
 * the connection were lost. Here that thread waits for the event loop first, which never waits for it.
 */
final class ActiveFirst implements NettyCustomizer {

    private static final Logger log = LoggerFactory.getLogger(ActiveFirst.class);
    private static final long LONGEST_WAIT_SECONDS = 1;

    private final NettyCustomizer others;

    /**
     * @param others customize first
     */
    ActiveFirst(NettyCustomizer others) {
        this.others = others;
    }

    @Override
    public void afterBootstrapInitialized(Bootstrap bootstrap) {
        others.afterBootstrapInitialized(bootstrap);
    }

    @Override
    @SuppressWarnings("deprecation") // Nothing else in Netty 4 runs a handler on the thread that ends the handshake.
    public void afterChannelInitialized(Channel channel) {
        others.afterChannelInitialized(channel);
        ChannelHandlerContext handshake = channel.pipeline().context(RedisHandshakeHandler.class);
        if (handshake != null) {
            channel.pipeline().addAfter(ImmediateEventExecutor.INSTANCE, handshake.name(), "activeFirst", new Order());
        }
    }

    /** Runs on the thread that ends the handshake. */
    private static final class Order extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            EventLoop loop = context.channel().eventLoop();
            if (loop.inEventLoop()) {
                activate(context);
                return;
            }
            try {
                loop.submit(() -> activate(context)).awaitUninterruptibly(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            } catch (RejectedExecutionException stopped) {
                log.debug("The client is closed", stopped);
            }
        }

        private void activate(ChannelHandlerContext context) {
            context.fireChannelActive();
            context.pipeline().remove(this);
        }
    }
}
