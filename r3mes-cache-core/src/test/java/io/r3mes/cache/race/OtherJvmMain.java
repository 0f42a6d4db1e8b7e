package io.r3mes.cache.race;

import io.lettuce.core.RedisURI;
import io.r3mes.cache.Loader;
import io.r3mes.cache.OnFailover;
import io.r3mes.cache.race.RaceNode.Receipt;
import io.r3mes.cache.race.RaceNode.Ticket;
import io.r3mes.cache.race.Wire.Answer;
import io.r3mes.cache.race.Wire.Request;
import io.r3mes.cache.redis.RedisSettings;
import io.r3mes.cache.testing.TestNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The other JVM of a race: runs nodes as its parent asks, and ends with it. Every answer is a number. */
final class OtherJvmMain {

    private final Map<Long, RaceNode> nodes = new ConcurrentHashMap<>();
    private final Map<Long, Ticket> tickets = new ConcurrentHashMap<>();
    private final Map<Long, Receipt> pending = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private OtherJvmMain() {}

    public static void main(String... arguments) throws IOException {
        ServerSocket door = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        OtherJvmMain main = new OtherJvmMain();
        daemon(() -> main.welcome(door));
        try (Wire life = Wire.to(Integer.parseInt(arguments[0]))) {
            life.out.writeInt(door.getLocalPort());
            life.out.flush();
            life.in.read();
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private void welcome(ServerSocket door) {
        try {
            while (true) {
                Wire wire = new Wire(door.accept());
                daemon(() -> serve(wire));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void serve(Wire wire) {
        try (wire) {
            while (true) {
                answer(wire);
                wire.out.flush();
            }
        } catch (IOException parentHasClosed) {
            return;
        }
    }

    private void answer(Wire wire) throws IOException {
        Request request = wire.request();
        long result;
        try {
            result = request == Request.OPEN ? open(wire) : obey(request, wire);
        } catch (RuntimeException failure) {
            wire.write(Answer.FAILED);
            wire.out.writeUTF(failure.toString());
            return;
        }
        wire.write(Answer.RESULT);
        wire.out.writeLong(result);
    }

    private long open(Wire wire) throws IOException {
        String namespace = wire.in.readUTF();
        OnFailover onFailover = OnFailover.valueOf(wire.in.readUTF());
        boolean calm = wire.in.readBoolean();
        RedisSettings.Topology topology = RedisSettings.Topology.valueOf(wire.in.readUTF());
        Duration timeout = Duration.ofMillis(wire.in.readLong());
        List<RedisURI> uris = wire.texts().stream().map(RedisURI::create).toList();
        TestNodes started = TestNodes.on(new RedisSettings(topology, uris, timeout, null, null), namespace);
        return kept(
                nodes,
                new LocalNode(started.start(builder ->
                        LocalNode.configure(builder, onFailover, calm).caches(LocalNode.NOT_AHEAD))));
    }

    private long obey(Request request, Wire wire) throws IOException {
        long number = wire.in.readLong();
        RaceNode node = nodes.get(number);
        return switch (request) {
            case GET -> node.get(wire.in.readUTF(), wire.in.readUTF(), parents(wire));
            case GET_IF_PRESENT -> node.getIfPresent(wire.in.readUTF(), wire.in.readLong());
            case REFRESH -> {
                node.refresh(wire.in.readUTF(), parents(wire));
                yield 0;
            }
            case TICKET -> kept(tickets, node.writeTicket(wire.in.readUTF()));
            case STORE -> receipt(tickets.remove(wire.in.readLong()).store(wire.in.readLong()));
            case INVALIDATE -> receipt(node.invalidate(wire.event()));
            case POSITION -> position(wire.in.readLong());
            case APPLIED -> node.awaitApplied(wire.in.readLong(), Duration.ofMillis(wire.in.readLong())) ? 1 : 0;
            case CLOSE -> {
                nodes.remove(number).close();
                yield 0;
            }
            case OPEN -> throw new IllegalArgumentException();
        };
    }

    /** Asks the parent, over the connection of the call that loads. */
    private static Loader<String, Long, RuntimeException> parents(Wire wire) {
        return (id, context) -> {
            try {
                wire.write(Answer.LOAD);
                wire.out.writeUTF(id);
                wire.out.flush();
                return wire.in.readLong();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        };
    }

    private long receipt(Receipt receipt) {
        OptionalLong position = receipt.position();
        return position.isPresent() ? position.getAsLong() : -kept(pending, receipt);
    }

    private long position(long number) {
        OptionalLong position = pending.get(-number).position();
        if (position.isPresent()) {
            pending.remove(-number);
            return position.getAsLong();
        }
        return number;
    }

    private <T> long kept(Map<Long, T> things, T thing) {
        long number = numbers.incrementAndGet();
        things.put(number, thing);
        return number;
    }
}
